"""The text of a Markdown block as pieces by role.

A line break stays a line break, be it a hard one or not: models write verse and addresses with single ones.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ui.markdown_parser import inline_tokens
from ui.markup import Markup, Run
from ui.palette import Role
from ui.sanitiser import sanitise

if TYPE_CHECKING:
    from markdown_it.token import Token

_OPENING = {"em_open": Role.EMPHASIS, "strong_open": Role.STRONG, "s_open": Role.STRUCK, "link_open": Role.LINK}
_CLOSING = frozenset({"em_close", "strong_close", "s_close", "link_close"})
_BREAKS = frozenset({"softbreak", "hardbreak"})


def inline_markup(text: str, role: Role) -> Markup:
    """Return the pieces of an untrusted text; `role` is that of the words without emphasis."""
    tokens = inline_tokens(text)
    if tokens is None:
        return ((role, sanitise("\n".join(line.strip(" \t") for line in text.split("\n")))),)
    pieces = ((kind, sanitise(piece)) for kind, piece in _runs(tokens, role))
    joined = ((kind, "".join(piece for _, piece in same)) for kind, same in groupby(pieces, key=lambda run: run[0]))
    return tuple(run for run in joined if run[1])


def _runs(tokens: "Sequence[Token]", role: Role) -> Iterator[Run]:
    """Yield the pieces. The address of a link follows its text as a piece of its own, where it says something new."""
    roles = [role]
    links: list[tuple[str, list[str]]] = []
    for token in tokens:
        if token.type in _OPENING:
            roles.append(_within(roles[-1], _OPENING[token.type]))
            if token.type == "link_open":
                links.append(("" if token.markup == "autolink" else str(token.attrs.get("href", "")), []))
        elif token.type in _CLOSING:
            roles.pop()
            if token.type == "link_close":
                address, said = links.pop()
                yield from _address(address, "".join(said))
        else:
            for run in _leaf(token, roles[-1]):
                for _, said in links:
                    said.append(run[1])
                yield run


def _leaf(token: "Token", role: Role) -> Iterator[Run]:
    if token.type in _BREAKS:
        yield role, "\n"
    elif token.type == "code_inline":
        yield Role.CODE, token.content
    elif token.type == "image":
        yield from _image(token, role)
    else:
        yield role, token.content


def _image(token: "Token", role: Role) -> Iterator[Run]:
    said = list(_runs(token.children or (), role))
    yield from said
    yield from _address(str(token.attrs.get("src", "")), "".join(text for _, text in said))


def _address(address: str, said: str) -> Iterator[Run]:
    if address and address.removeprefix("mailto:") != said:
        yield Role.MARK, f" ({address})" if said else f"({address})"


def _within(outer: Role, inner: Role) -> Role:
    if {outer, inner} in ({Role.EMPHASIS, Role.STRONG}, {Role.STRONG_EMPHASIS, Role.EMPHASIS}):
        return Role.STRONG_EMPHASIS
    return Role.STRONG_EMPHASIS if {outer, inner} == {Role.STRONG_EMPHASIS, Role.STRONG} else inner

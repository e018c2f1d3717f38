"""The text of a Markdown block as pieces by role.

A line break stays a line break, be it a hard one or not: models write verse and addresses with single ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ui.link import linked
from ui.markdown_parser import inline_tokens
from ui.markup import Markup, Run, role_of
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
    links: list[_Link] = []
    for token in tokens:
        if token.type in _OPENING:
            roles.append(_within(roles[-1], _OPENING[token.type]))
            if token.type == "link_open":
                links.append(_Link(str(token.attrs.get("href", "")), token.markup == "autolink"))
        elif token.type in _CLOSING:
            roles.pop()
            if token.type == "link_close":
                link = links.pop()
                yield from _address(link.address, link.said, link.says_its_address)
        else:
            for run in _leaf(token, roles[-1]):
                yield links[-1].holding(run) if links else run


@dataclass
class _Link:
    """A link whose text is being read. Links do not stand in links."""

    address: str
    says_its_address: bool
    said: str = ""

    def holding(self, run: Run) -> Run:
        ink, text = run
        self.said += text
        return linked(role_of(ink), self.address), text


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
    link = _Link(str(token.attrs.get("src", "")), says_its_address=False)
    yield from (link.holding(run) for run in _runs(token.children or (), role))
    yield from _address(link.address, link.said, link.says_its_address)


def _address(address: str, said: str, says_it: bool) -> Iterator[Run]:
    if not address or says_it or address.removeprefix("mailto:") == said:
        return
    if said:
        yield Role.MARK, f" ({address})"
    else:
        yield linked(Role.MARK, address), f"({address})"


def _within(outer: Role, inner: Role) -> Role:
    if {outer, inner} in ({Role.EMPHASIS, Role.STRONG}, {Role.STRONG_EMPHASIS, Role.EMPHASIS}):
        return Role.STRONG_EMPHASIS
    return Role.STRONG_EMPHASIS if {outer, inner} == {Role.STRONG_EMPHASIS, Role.STRONG} else inner

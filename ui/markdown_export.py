"""A conversation as Markdown, for people: what its path says. The other versions are told of, not shown."""

from collections.abc import Iterator

from protocol.attachments import describe
from protocol.chat import Attachment, Role
from protocol.fencing import fenced
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.reply import Broken
from protocol.tree import MessageTree, Node
from protocol.turn import TurnState
from ui.sanitiser import sanitise


def markdown(record: ConversationRecord) -> str:
    """Return the path of a conversation, and what waits behind it, with nothing in it that a terminal obeys."""
    return sanitise("\n".join(_lines(record)))


def title_line(title: str) -> str:
    """Return a title as one line that a terminal can show."""
    return " ".join(sanitise(title).split()) or "(no title)"


def _lines(record: ConversationRecord) -> Iterator[str]:
    tree = MessageTree(record.messages, record.head)
    path = tree.path()
    yield f"# {title_line(record.title)}\n"
    if record.system:
        yield f"## System prompt\n\n{record.system}\n"
    for node, following in zip(path, [*path, None][1:], strict=True):
        answered = following is not None and following.role is Role.ASSISTANT
        yield _section(node, _version(node, tree), [] if answered else _remarks(node))
    for waiting in record.waiting:
        yield "## You\n\n*(asked again, not sent yet)*\n" if waiting.again else _unsent(waiting)


def _unsent(waiting: WaitingPrompt) -> str:
    attached = map(_attached, waiting.attachments)
    return "\n\n".join(["## You", waiting.prompt, *attached, "*(not sent yet)*"]) + "\n"


def _attached(attachment: Attachment) -> str:
    """Images are named; a text is a part of what was said, and there in full."""
    if attachment.is_image:
        return f"*({describe(attachment)})*"
    return fenced(title_line(attachment.name), attachment.text)


def _section(node: Node, version: str, remarks: list[str]) -> str:
    if node.keeps is not None:
        return f"## Summary of what was said before{version}\n"
    who = "You" if node.role is Role.USER else title_line(node.model) if node.model else "Reply"
    return _titled(f"{who}{version}", [*_said(node), *remarks])


def reply_section(title: str, node: Node) -> str:
    """Return what became of a prompt under a title: `node` is its reply, or the prompt itself where none came. It is
    for the sanitiser still.
    """
    said = _said(node) if node.role is Role.ASSISTANT else []
    return _titled(title, [*said, *_remarks(node)])


def _titled(title: str, parts: list[str]) -> str:
    return "\n\n".join([f"## {title}", *parts]) + "\n"


def _said(node: Node) -> list[str]:
    attached = map(_attached, node.attachments)
    calls = [f"*(calls {call.name}({call.arguments}))*" for call in node.tool_calls]
    return [*([node.text.rstrip("\n")] if node.text else []), *attached, *calls]


def _version(node: Node, tree: MessageTree) -> str:
    place = tree.place(node.id)
    return f" ({place.number}/{place.of})" if place.of > 1 else ""


def _remarks(node: Node) -> list[str]:
    if node.state is TurnState.DONE:
        return []
    why = f": {node.ending.failure.summary}" if isinstance(node.ending, Broken) else ""
    return [f"*({node.state.value.replace('_', ' ')}{why})*"]

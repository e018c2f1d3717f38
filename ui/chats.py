"""`chinwag chats`: what was kept, for people and for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TextIO

import msgspec

from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.kept import KeptConversation
from protocol.ui import TurnAccepted, TurnEnded, TurnMoved
from ui.sanitiser import sanitise

_SHOWN_ID = 8
_ALL = -1


class Reader(Protocol):
    """What this face needs of the archive."""

    def conversations(self, limit: int) -> Sequence[KeptConversation]:
        """The latest conversations, the latest first; all for a negative limit."""
        ...

    def find(self, wanted: str) -> KeptConversation | None:
        """The latest conversation whose id or title begins so."""
        ...

    def talk(self, wanted: ConversationId) -> Sequence[TurnAccepted | TurnMoved | TurnEnded]:
        """What was said in a conversation, in order."""
        ...


def list_chats(reader: Reader, out: TextIO, as_json: bool) -> None:
    """Print all conversations, the latest first: a line each, or one JSON array."""
    kept = reader.conversations(_ALL)
    if as_json:
        out.write(msgspec.json.encode(kept).decode() + "\n")
        return
    for one in kept:
        when = datetime.fromtimestamp(one.updated).strftime("%Y-%m-%d %H:%M")
        out.write(sanitise(f"{one.id[:_SHOWN_ID]}  {when}  {one.model or 'no model'}  {one.title}\n"))


def show_chat(reader: Reader, wanted: str, out: TextIO, as_json: bool) -> None:
    """Print one conversation: as Markdown, or its events as one JSON array. Raises InterfaceError if there is none."""
    found = reader.find(wanted)
    if found is None:
        raise InterfaceError(f"There is no conversation {wanted!r}.", "See them with: chinwag chats list")
    talk = reader.talk(found.id)
    if as_json:
        out.write(msgspec.json.encode(talk).decode() + "\n")
        return
    out.write(sanitise(f"# {found.title}\n"))
    for event in talk:
        out.write(sanitise(_markdown(event)))


def _markdown(event: TurnAccepted | TurnMoved | TurnEnded) -> str:
    match event:
        case TurnAccepted(prompt=prompt):
            return f"\n## You\n\n{prompt}\n"
        case TurnMoved(model=model):
            return f"\n## {model or 'Reply'}\n\n"
        case TurnEnded(reply=reply, state=state):
            ending = "" if state == "done" else f"\n*({state.value})*\n"
            return f"{reply.text}\n{ending}" if reply.text else ending

"""What the screen knows after some events."""

from protocol.identity import TurnId
from protocol.ui import UiEvent
from tests.ui.talk import MODEL, TALK, started
from ui.conversation import Conversation, Notice
from ui.model import Model
from ui.turn import Turn

FIRST = TurnId("1")
SECOND = TurnId("2")


def model_after(*events: UiEvent) -> Model:
    """Apply the events, one each second from 0 on."""
    model = Model()
    for now, event in enumerate(events):
        model.apply(event, float(now))
    return model


def shown(*entries: Turn | Notice, open_turns: dict[TurnId, int] | None = None, rate: float | None = None) -> Model:
    """The model that shows this conversation, of which everything is new."""
    talk = Conversation(TALK, MODEL, list(entries), open_turns or {}, rate, set(range(len(entries))))
    return Model(talk, {TALK: talk})


def talk_after(*events: UiEvent) -> Conversation:
    """Apply the events, one each second from 0 on."""
    return model_after(started(), *events).shown


def told(talk: Conversation) -> list[str]:
    """The prompts and notices, in order."""
    return [entry.prompt if isinstance(entry, Turn) else entry.text for entry in talk.entries]

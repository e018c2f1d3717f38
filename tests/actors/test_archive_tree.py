"""The tree on disk and the tree in memory, to which the same happens, are the same, and nothing ever disappears."""

import tempfile
from enum import StrEnum
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.archive import Archive
from protocol.chat import Role
from protocol.errors import ConnectionLost
from protocol.frames import Chunk
from protocol.identity import MessageId
from protocol.reply import Broken, Ending, Stopped
from protocol.tree import MessageTree, Node
from protocol.turn import TurnState
from protocol.ui import TurnAccepted
from tests.support.keeping import DONE, MODEL, TALK, accept, ended, opened, recorded, stream

LOST = Broken(ConnectionLost("The connection broke.", "What came is kept.").failure)


class Move(StrEnum):
    """What happens; all but the first is about some message that is there."""

    ASK = "ask"
    ASK_AGAIN = "ask again"
    CANCEL_UNSENT = "cancel before it is sent"
    UNDO = "undo"
    REDO = "redo"
    STEP = "step"


class End(StrEnum):
    """How an attempt goes."""

    DONE = "done"
    CANCELLED = "cancelled"
    RETRIED = "broken, and done at the next attempt"
    PARKED = "broken, parked, and given up"


STEPS = st.lists(
    st.tuples(st.sampled_from(Move), st.sampled_from(End), st.integers(0, 99), st.text(max_size=5)), max_size=12
)


class Twins:
    """Does the same to both."""

    def __init__(self, archive: Archive, tree: MessageTree) -> None:
        self.archive = archive
        self.tree = tree

    def do(self, move: Move, end: End, pick: int, text: str) -> None:
        every = list(self.tree)
        prompts = [node for node in every if node.role is Role.USER]
        match move:
            case Move.ASK | Move.CANCEL_UNSENT:
                prompt = Node(MessageId(f"turn {len(prompts)}"), self.tree.head, Role.USER, text)
                accept(self.archive, prompt.id, text)
                if move is Move.ASK:
                    self._attempt(prompt, end, text)
                else:
                    state, ending = TurnState.CANCELLED, Stopped()
                    self.archive.end_turn(ended(prompt.id, state, "", ending, 0), 2.0)
                    self.tree.add(replace(prompt, state=state, ending=ending))
            case Move.ASK_AGAIN if prompts:
                prompt = prompts[pick % len(prompts)]
                self.archive.accept_turn(TurnAccepted(TALK, stream(prompt.id).turn, prompt.text, True), 1.0)
                self._attempt(prompt, end, text)
            case Move.UNDO | Move.REDO if every:
                self.tree.undo() if move is Move.UNDO else self.tree.redo()
                self.archive.move_head(TALK, self.tree.head)
            case Move.STEP if every:
                self.tree.step(1 if pick % 2 else -1)
                self.archive.move_head(TALK, self.tree.head)
            case _:
                pass

    def _attempt(self, prompt: Node, end: End, text: str) -> None:
        replies = [node for node in self.tree.children(prompt.id) if node.role is Role.ASSISTANT]
        attempt = stream(prompt.id, len(replies) + 1)
        if prompt.id not in self.tree:
            self.tree.add(prompt)
        self.archive.begin_reply(attempt, MODEL, 1.0)
        self.archive.add_pieces([(attempt, (Chunk(text), Chunk("."))), (attempt, (Chunk(text),))])
        said = f"{text}.{text}"
        state, ending = (TurnState.DONE, DONE) if end in (End.DONE, End.RETRIED) else (TurnState.CANCELLED, Stopped())
        if end is End.RETRIED:
            self.archive.end_attempt(attempt, LOST)
            self._add(prompt, attempt.message, said, TurnState.FAILED, LOST)
            attempt, said = stream(prompt.id, attempt.attempt + 1), text
            self.archive.begin_reply(attempt, MODEL, 1.0)
        if end is End.PARKED:
            self.archive.park(attempt, LOST, 2.0)
            self._add(prompt, attempt.message, said, TurnState.FAILED, LOST)
        else:
            self._add(prompt, attempt.message, said, state, ending)
        self.archive.end_turn(ended(prompt.id, state, "" if end is End.PARKED else said, ending, attempt.attempt), 3.0)
        self.tree.replace(replace(self.tree[prompt.id], state=state, ending=ending))

    def _add(self, prompt: Node, reply: MessageId, text: str, state: TurnState, ending: Ending) -> None:
        self.tree.add(Node(reply, prompt.id, Role.ASSISTANT, text, state=state, ending=ending, model=MODEL))


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_what_is_on_disk_after_every_restart_is_what_is_in_memory(
    steps: list[tuple[Move, End, int, str]],
) -> None:
    tree = MessageTree()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in steps:
            with opened(folder) as archive:
                Twins(archive, tree).do(*step)
            with opened(folder) as archive:
                assert archive.interrupt_orphans() == []
                if archive.reader.find(""):
                    record = recorded(archive)
                    assert [replace(node, created=0.0) for node in record.messages] == list(tree)
                    assert (record.head, record.waiting) == (tree.head, ())

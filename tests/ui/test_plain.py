"""The plain face's loop, with a test in the place of the engine, and a pipe or a terminal before it."""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from protocol.attachment_events import CommandEnded, CommandStarted, FilesOffered
from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.identity import ConversationId, TurnId
from protocol.input_handler import CancelPressed, InputHandlerMessage, TextSubmitted
from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import (
    EngineFailed,
    ModelAsked,
    NoticePosted,
    PromptOffered,
    QuitRequested,
    ServerChanged,
    UiEvent,
    WaitReason,
)
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.leaks import nothing_left
from tests.ui.contest import answers, begins, says
from tests.ui.talk import REFUSED, TALK, accepted, done, ended, failed, grew, moved, queued, started
from ui.inbox import Inbox
from ui.plain import Farewell, Interrupted, PlainChat, Received

LEFT = "the input has ended, and not everything can be answered. What waits is sent by the next run."


class Puppet:
    """In the place of an engine."""

    def __init__(self) -> None:
        self.input: QueueAddress[InputHandlerMessage] = QueueAddress()

    def stop(self) -> None:
        """Nothing is to be stopped."""


class Paper(io.StringIO):
    """What is printed on it can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = threading.Condition()

    def flush(self) -> None:
        with self._printed:
            self._printed.notify_all()

    def wait_for(self, words: str) -> None:
        """Wait until this was printed."""
        with self._printed:
            assert self._printed.wait_for(lambda: words in self.getvalue(), PATIENCE), self.getvalue()


class Played:
    """A chat in a thread, what is typed to it, what it prints, and how it ended."""

    def __init__(self, reader: int, writer: int) -> None:
        self.writer = writer
        self.puppet = Puppet()
        self.inbox = Inbox[Received]()
        self.out = Paper()
        self.farewell: Farewell | None = None
        self._now = 0.0
        self._chat = PlainChat(self.puppet, self.inbox, reader, self.out, 1000, self._clock)
        self._thread = threading.Thread(target=self._run)

    def _clock(self) -> float:
        self._now += 0.01
        return self._now

    def _run(self) -> None:
        self.farewell = self._chat.run()

    def begin(self, *events: UiEvent) -> None:
        """Begin, with a conversation and what else has happened."""
        self._thread.start()
        self.tell(started(), *events)

    def tell(self, *events: Received) -> None:
        """These happen."""
        for event in events:
            self.inbox.tell(event)

    def type(self, text: str) -> None:
        """Type, or pipe in."""
        os.write(self.writer, text.encode())

    def sent(self) -> InputHandlerMessage:
        """Wait for the next thing that is sent to the engine."""
        return self.puppet.input.next()

    def ends(self) -> tuple[Farewell | None, list[str]]:
        """Wait for the end; return what is said last, and all lines."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), self.out.getvalue()
        self.inbox.close()
        return self.farewell, self.out.getvalue().splitlines()


@contextmanager
def piped() -> Iterator[Played]:
    """A chat that reads a pipe."""
    with nothing_left():
        reader, writer = os.pipe()
        played = Played(reader, writer)
        yield played
        os.close(reader)
        if played.writer >= 0:
            os.close(writer)


def close(played: Played) -> None:
    os.close(played.writer)
    played.writer = -1


@contextmanager
def typed() -> Iterator[Played]:
    """A chat that reads a terminal."""
    with nothing_left():
        master, slave = os.openpty()
        played = Played(slave, master)
        yield played
        os.close(master)
        os.close(slave)


def text(words: str, typed: bool = False) -> TextSubmitted:
    return TextSubmitted(TALK, words, typed=typed)


def test_what_is_piped_in_is_sent_one_after_the_other_and_the_end_waits_for_the_last_answer() -> None:
    with piped() as chat:
        chat.type("one\n\ntwo\n")
        close(chat)
        chat.begin()
        assert chat.sent() == text("one")
        chat.tell(accepted("1", "one"), grew("1", "Yes."), done("1", "Yes."))
        assert chat.sent() == text("two")
        chat.tell(accepted("2", "two"), grew("2", "No."), done("2", "No."))
        assert chat.ends() == (
            Farewell(0),
            ["you: one", "llama3.2:", "Yes.", "you: two", "llama3.2:", "No."],
        )


def test_a_command_about_what_is_under_way_does_not_wait_for_its_end() -> None:
    with piped() as chat:
        chat.type("one\n/cancel\ntwo\n/quit\n")
        chat.begin()
        assert chat.sent() == text("one")
        chat.tell(accepted("1", "one"))
        assert chat.sent() == text("/cancel")
        chat.tell(ended("1", TurnState.CANCELLED))
        assert chat.sent() == text("two")
        chat.tell(accepted("2", "two"), done("2", "Yes."))
        assert chat.sent() == text("/quit")
        chat.tell(QuitRequested())
        assert chat.ends() == (
            Farewell(0),
            ["you: one", "you: /cancel", "chinwag: cancelled", "you: two", "llama3.2:", "Yes.", "you: /quit"],
        )


def test_an_end_that_is_not_good_is_the_status_of_a_pipe() -> None:
    with piped() as chat:
        chat.type("one\n")
        close(chat)
        chat.begin()
        chat.sent()
        chat.tell(accepted("1", "one"), failed("1"))
        assert chat.ends() == (Farewell(1), ["you: one", "chinwag: Connection refused. Start the server."])


def test_a_pipe_that_has_ended_does_not_wait_for_a_server_that_is_away() -> None:
    with piped() as chat:
        chat.type("one\ntwo\n")
        close(chat)
        chat.begin()
        chat.sent()
        chat.tell(accepted("1", "one"), moved("1", TurnState.WAITING_FOR_SERVER, failure=REFUSED))
        assert chat.ends() == (
            Farewell(1, LEFT),
            ["you: one", "chinwag: waits for the server: Connection refused. Start the server."],
        )


def test_a_model_can_be_chosen_behind_a_prompt_that_waits_for_one() -> None:
    with piped() as chat:
        chat.type("one\n/model b\n")
        chat.begin(ModelAsked(TALK, "Which?", ("a", "b")))
        assert chat.sent() == text("one")
        chat.tell(accepted("1", "one"), queued("1", WaitReason.MODEL_UNKNOWN))
        assert chat.sent() == text("/model b")
        chat.tell(QuitRequested("asked to end.", 143))
        assert chat.ends()[0] == Farewell(143, "asked to end.")


def test_without_any_input_it_ends_at_once() -> None:
    with piped() as chat:
        close(chat)
        chat.begin(ServerChanged(ServerSurvey("here")))
        assert chat.ends() == (Farewell(0), [])


def test_what_is_typed_is_sent_at_once() -> None:
    with typed() as chat:
        chat.begin()
        chat.type("one\ntwo\n")
        assert [chat.sent(), chat.sent()] == [text("one", typed=True), text("two", typed=True)]
        chat.tell(QuitRequested())
        chat.ends()


def test_a_model_is_chosen_by_its_number_while_that_is_asked() -> None:
    with typed() as chat:
        chat.begin(ModelAsked(TALK, "Which?", ("a", "b")))
        chat.out.wait_for("2. b")
        chat.type("2\n3\n")
        assert [chat.sent(), chat.sent()] == [text("/model b", typed=True), text("3", typed=True)]
        chat.tell(QuitRequested())
        chat.ends()


def test_a_prompt_that_was_offered_is_replaced_by_the_next_text_but_for_commands() -> None:
    with typed() as chat:
        chat.begin(PromptOffered(TALK, TurnId("1"), "Hi"))
        chat.out.wait_for("The prompt is:")
        chat.type("/queue\nHo\nHa\n")
        assert [chat.sent() for _ in range(3)] == [
            text("/queue", typed=True),
            TextSubmitted(TALK, "Ho", TurnId("1")),
            text("Ha", typed=True),
        ]
        chat.tell(QuitRequested())
        chat.ends()


def test_ctrl_c_stops_the_reply_and_then_quits_when_asked_twice() -> None:
    with typed() as chat:
        chat.begin(accepted("1", "one"), moved("1", TurnState.CONNECTING))
        chat.tell(Interrupted())
        assert chat.sent() == CancelPressed(TALK)
        chat.tell(ended("1", TurnState.CANCELLED), Interrupted(), Interrupted())
        farewell, lines = chat.ends()
        assert (farewell, lines[-6:]) == (
            Farewell(0),
            [
                "chinwag: stopping the reply",
                "chinwag: cancelled: /retry asks again",
                "you:",
                "",
                "chinwag: press Ctrl-C again to quit",
                "",
            ],
        )


def test_ctrl_c_stops_all_answers_that_are_compared_and_then_quits_when_asked_twice() -> None:
    with typed() as chat:
        chat.begin(*begins("alpha", "beta", "gamma"), *answers("alpha", "One."), *says("beta", "Two"))
        chat.tell(Interrupted())
        assert [chat.sent(), chat.sent()] == [CancelPressed(ConversationId(name)) for name in ("beta", "gamma")]
        chat.tell(Interrupted(), Interrupted())
        farewell, lines = chat.ends()
        assert farewell == Farewell(0)
        assert lines[-5:] == [
            "",
            "chinwag: stopping the answers",
            "",
            "chinwag: press Ctrl-C again to quit",
            "",
        ]


def test_ctrl_d_waits_for_the_answer() -> None:
    with typed() as chat:
        chat.begin()
        chat.type("one\n\x04")
        assert chat.sent() == text("one", typed=True)
        chat.tell(accepted("1", "one"), grew("1", "Yes."), done("1", "Yes."))
        farewell, lines = chat.ends()
        assert (farewell, lines[-3:]) == (Farewell(0), ["llama3.2:", "Yes.", "you:"])


def test_an_engine_that_failed_for_good_ends_it() -> None:
    with piped() as chat:
        chat.begin(EngineFailed(REFUSED, fatal=True))
        assert chat.ends() == (
            Farewell(1, "nothing more can be sent: start it again."),
            ["chinwag: Connection refused. Start the server."],
        )


def test_no_control_character_is_printed() -> None:
    with piped() as chat:
        chat.begin(NoticePosted(TALK, "a\x1b[2J\rb\x07\x9bc\u202ed"), QuitRequested())
        assert chat.ends()[1] == ["chinwag: a␛[2Jb␇\ufffdc\ufffdd"]


@pytest.mark.parametrize("number", [1, 2000])
def test_many_lines_are_read_as_they_are_wanted(number: int) -> None:
    with piped() as chat:
        chat.begin()
        chat.type("/title\n" * number)
        close(chat)
        for _ in range(number):
            assert chat.sent() == text("/title")
            chat.tell(NoticePosted(TALK, "There is none."))
        assert chat.ends() == (Farewell(0), ["you: /title", "chinwag: There is none."] * number)


ASKS = "chinwag: Enter sends this to the model, n drops it; or write what is to be said with it"
PRINTED = Attachment("output of ls (exit status 0)", OUTPUT, b"a\n")
ENDED = CommandEnded(TALK, "ls", "a", "exit status 0", PRINTED)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("\n", TextSubmitted(TALK, "!ls", attachments=(PRINTED,))),
        ("Why?\n", TextSubmitted(TALK, "Why?", attachments=(PRINTED,))),
        ("n\nWhy?\n", TextSubmitted(TALK, "Why?")),
        ("!pwd\n", TextSubmitted(TALK, "!pwd")),
    ],
)
def test_what_a_command_prints_is_asked_about_on_a_line(answer: str, message: TextSubmitted) -> None:
    with typed() as chat:
        chat.begin()
        chat.type("!ls\n")
        assert chat.sent() == text("!ls", typed=True)
        chat.tell(CommandStarted(TALK, "ls"), ENDED)
        chat.out.wait_for(ASKS)
        chat.type(answer)
        assert chat.sent() == message
        chat.tell(QuitRequested())
        farewell, lines = chat.ends()
    assert farewell == Farewell(0)
    assert "$ ls" in lines


def test_ctrl_c_stops_a_command_and_then_drops_what_it_printed() -> None:
    with typed() as chat:
        chat.begin(CommandStarted(TALK, "sleep 1000"))
        chat.out.wait_for("running sleep 1000. Ctrl-C stops it")
        chat.tell(Interrupted())
        assert chat.sent() == CancelPressed(TALK)
        chat.tell(ENDED)
        chat.out.wait_for(ASKS)
        chat.tell(Interrupted())
        chat.out.wait_for("chinwag: dropped")
        chat.type("Hi\n")
        assert chat.sent() == text("Hi", typed=True)
        chat.tell(QuitRequested())
        chat.ends()


def test_what_is_attached_goes_with_the_next_text() -> None:
    with typed() as chat:
        chat.begin(FilesOffered(TALK, "@a.png"))
        chat.out.wait_for("goes with what you send next: @a.png")
        chat.type("What is it?\n")
        assert chat.sent() == text("What is it? @a.png", typed=True)
        chat.type("And now?\n")
        assert chat.sent() == text("And now?", typed=True)
        chat.tell(QuitRequested())
        chat.ends()


def test_what_was_attached_is_told_with_its_prompt() -> None:
    picture = Attachment("a.png", "image/png", b"x")
    with piped() as chat:
        close(chat)
        chat.begin(replace(accepted("1", "Look."), attachments=(picture,)), grew("1", "Yes."), done("1", "Yes."))
        assert chat.ends()[1] == ["you: Look.", "[image a.png, 1 B]", "llama3.2:", "Yes."]


def test_what_was_read_for_a_prompt_that_was_typed_is_said() -> None:
    with typed() as chat:
        chat.begin()
        chat.type("Look at @a.png\n")
        chat.sent()
        picture = Attachment("a.png", "image/png", b"x")
        chat.tell(replace(accepted("1", "Look at @a.png"), attachments=(picture,)))
        chat.out.wait_for("chinwag: attached [image a.png, 1 B]")
        chat.tell(QuitRequested())
        chat.ends()

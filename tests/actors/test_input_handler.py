from pathlib import Path

import pytest

from actors.actor import stop
from actors.input_handler import InputHandler
from actors.orders import UserCommand
from protocol.archivist import ArchiveQuestion, RememberInput, Reopen, SearchConversations
from protocol.command_table import help_text
from protocol.commands import Command, Continue, Help, Open, Queue, Quit, Unknown, Version
from protocol.coordinator import (
    CancelConversation,
    ChooseVersion,
    ContinueReply,
    MoveQueued,
    NewsOfActors,
    ShowQueue,
    StartConversation,
    Submit,
)
from protocol.errors import ActorDied
from protocol.identity import ConversationId, TurnId
from protocol.input_handler import CancelPressed, CommandPressed, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.parameter_changes import SetFormat
from protocol.parameter_commands import ChangeParameters
from protocol.ui import InputRefused, NoticePosted, QuitRequested, UiEvent
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.engine import NONSENSE, death_by_nonsense
from tests.support.leaks import nothing_left

Told = Submit | UserCommand
DIED = ActorDied("It died.").failure
TALK, OTHER = ConversationId("talk"), ConversationId("other")
NOTHING = "There is nothing to send: write something first."
BURST = "More than 10 prompts in 1 second: send it again in a moment."


class Unstarted:
    """An InputHandler without a thread, a clock that stands still, and whom it tells."""

    def __init__(self, max_bytes: int = 1000) -> None:
        self.coordinator, self.ui = Recorder[Told](), Recorder[UiEvent]()
        self.archivist = Recorder[ArchiveQuestion]()
        self.clock = FakeClock(now=1000.0)
        limits = ResourceLimits(max_prompt_bytes=max_bytes)
        self.actor = InputHandler(
            self.coordinator, self.archivist, self.coordinator, self.ui, Recorder[NewsOfActors](), limits, self.clock
        )

    def enter(self, text: str, conversation: ConversationId = TALK, after: float = 5.0) -> None:
        """Press Enter on a text, `after` seconds after what was before."""
        self.clock.advance(after)
        self.actor.on_receive(TextSubmitted(conversation, text))

    def press(self, command: Command) -> None:
        """Press the key that stands for a command."""
        self.actor.on_receive(CommandPressed(TALK, command))

    def take(self) -> tuple[list[Told], list[UiEvent]]:
        return self.coordinator.take(), self.ui.take()


def test_a_text_is_a_prompt_without_the_space_around_it() -> None:
    told = Unstarted()
    told.enter("  Why is\n\nthe sky  blue? \n")
    assert told.take() == ([Submit(TALK, "Why is\n\nthe sky  blue?")], [])


@pytest.mark.parametrize("text", ["/usr/bin/env is what?", "//new", "/", "and /new too", "/2"])
def test_a_slash_alone_makes_no_command(text: str) -> None:
    told = Unstarted()
    told.enter(text)
    assert told.take() == ([Submit(TALK, text)], [])


def test_a_command_goes_to_whom_it_concerns_and_is_remembered() -> None:
    told = Unstarted()
    told.enter(" /New ")
    told.enter("/queue move 2 1")
    told.enter("/search deep sea")
    assert told.take() == ([StartConversation(like=TALK), MoveQueued(TALK, 2, 1)], [])
    assert told.archivist.take() == [
        RememberInput("/New"),
        RememberInput("/queue move 2 1"),
        SearchConversations(TALK, "deep sea"),
        RememberInput("/search deep sea"),
    ]


def test_a_text_that_is_taken_is_remembered_as_it_is_sent() -> None:
    told = Unstarted()
    told.enter(" Why\udc80? ")
    assert told.take() == ([Submit(TALK, "Why\ufffd?")], [])
    assert told.archivist.take() == [RememberInput("Why\ufffd?")]


def test_what_is_refused_or_entered_twice_is_not_remembered_again() -> None:
    told = Unstarted(max_bytes=1000)
    told.enter("Hi")
    told.enter("Hi", after=0.1)
    for refused in ("", "/zzz", "/new talk", "x" * 1001):
        told.enter(refused)
    assert told.archivist.take() == [RememberInput("Hi")]


def test_a_prompt_says_which_one_it_is_meant_for_and_whether_it_is_urgent() -> None:
    told = Unstarted()
    told.actor.on_receive(TextSubmitted(TALK, " Why? ", TurnId("turn"), urgent=True))
    assert told.take() == ([Submit(TALK, "Why?", TurnId("turn"), urgent=True)], [])


def test_a_key_that_stands_for_a_command_does_what_the_command_does_as_often_as_it_is_pressed() -> None:
    told = Unstarted()
    for command in (Version(-1), Version(-1), Continue(), Queue(), Open("sea"), Help(), Quit()):
        told.press(command)
    back = ChooseVersion(TALK, -1)
    assert told.take() == (
        [back, back, ContinueReply(TALK), ShowQueue(TALK)],
        [NoticePosted(TALK, help_text()), QuitRequested()],
    )
    assert told.archivist.take() == [Reopen(TALK, "sea")]


def test_a_key_that_stands_for_no_command_says_so() -> None:
    told = Unstarted()
    told.press(Unknown("No such thing."))
    assert told.take() == ([], [NoticePosted(TALK, "No such thing.")])


def test_a_key_between_two_enters_does_not_make_the_second_another_prompt() -> None:
    told = Unstarted()
    told.enter("Hi")
    told.press(Queue())
    told.enter("Hi", after=0.1)
    assert told.take() == ([Submit(TALK, "Hi"), ShowQueue(TALK)], [])


def test_help_and_quit_are_answered_at_once() -> None:
    told = Unstarted()
    told.enter("/help")
    told.enter("/quit")
    assert told.take() == ([], [NoticePosted(TALK, help_text()), QuitRequested()])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/modle tiny", "There is no command /modle. Did you mean /model? /help lists them all."),
        ("/zzz", "There is no command /zzz. /help lists them all."),
        ("/new talk", "Write it like /new: begin a new chat."),
        ("/model tiny huge", "Write it like /model [NAME]: choose a model, or list them."),
        ("/cancel that", "Write it like /cancel [all]: stop the reply, or everything in every chat."),
    ],
)
def test_a_command_that_is_none_goes_back_with_a_hint(text: str, reason: str) -> None:
    told = Unstarted()
    told.enter(f" {text}")
    assert told.take() == ([], [InputRefused(TALK, f" {text}", reason)])


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_is_not_sent(text: str) -> None:
    told = Unstarted()
    told.enter(text)
    assert told.take() == ([], [InputRefused(TALK, text, NOTHING)])


def test_a_prompt_over_the_limit_goes_back_whole_and_one_at_the_limit_is_sent() -> None:
    told = Unstarted(max_bytes=1000)
    told.enter("ü" * 500)
    told.enter("ü" * 500 + "!")
    too_long = "The prompt has 1,001 bytes, the limit is 1,000: shorten it."
    assert told.take() == ([Submit(TALK, "ü" * 500)], [InputRefused(TALK, "ü" * 500 + "!", too_long)])


def test_half_a_character_counts_and_harms_nothing() -> None:
    told = Unstarted()
    told.enter("a\udc80b")
    assert told.take() == ([Submit(TALK, "a\ufffdb")], [])


def test_a_second_enter_within_a_moment_sends_nothing() -> None:
    told = Unstarted()
    told.enter("Hi")
    told.enter("Hi", after=0.2)
    told.enter("", after=0.05)
    told.enter("Hi", after=0.2)
    assert told.take() == ([Submit(TALK, "Hi")], [])


def test_the_same_text_later_is_a_second_question() -> None:
    told = Unstarted()
    told.enter("Hi")
    told.enter("Hi", after=0.31)
    assert told.take() == ([Submit(TALK, "Hi"), Submit(TALK, "Hi")], [])


def test_another_text_or_another_conversation_is_no_double_enter() -> None:
    told = Unstarted()
    told.enter("Hi")
    told.enter("Ho", after=0.01)
    told.enter("Ho", OTHER, after=0.01)
    assert told.take() == ([Submit(TALK, "Hi"), Submit(TALK, "Ho"), Submit(OTHER, "Ho")], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 1001, "The prompt has 1,001 bytes, the limit is 1,000: shorten it."),
        ("/zzz", "There is no command /zzz. /help lists them all."),
    ],
    ids=["too long", "no command"],
)
def test_enter_held_down_on_a_refused_text_gives_it_back_every_time(text: str, reason: str) -> None:
    """A refused text is in the composer again: to drop the next Enter on it would lose it."""
    told = Unstarted(max_bytes=1000)
    told.enter(text)
    told.enter(text, after=0.03)
    assert told.take() == ([], [InputRefused(TALK, text, reason)] * 2)


def test_enter_held_down_on_nothing_complains_once() -> None:
    told = Unstarted()
    told.enter("")
    told.enter("", after=0.03)
    assert told.take() == ([], [InputRefused(TALK, "", NOTHING)])


def test_more_than_ten_prompts_a_second_are_refused_until_the_second_is_over() -> None:
    told = Unstarted()
    prompts = [f"prompt {number}" for number in range(10)]
    for prompt in prompts:
        told.enter(prompt, after=0.05)
    assert told.take() == ([Submit(TALK, prompt) for prompt in prompts], [])
    told.enter("one more", after=0.05)
    told.enter("/queue", after=0.05)
    assert told.take() == ([ShowQueue(TALK)], [InputRefused(TALK, "one more", BURST)])
    told.enter("one more", after=0.5)
    assert told.take() == ([Submit(TALK, "one more")], [])


def test_what_comes_by_a_pipe_is_meant_as_often_and_as_fast_as_it_comes() -> None:
    told = Unstarted()
    for _ in range(20):
        told.actor.on_receive(TextSubmitted(TALK, "Why?", typed=False))
    assert told.take() == ([Submit(TALK, "Why?")] * 20, [])


def test_the_cancel_key_cancels_its_conversation_as_often_as_it_is_pressed() -> None:
    told = Unstarted()
    told.actor.on_receive(CancelPressed(OTHER))
    told.actor.on_receive(CancelPressed(OTHER))
    assert told.take() == ([CancelConversation(OTHER), CancelConversation(OTHER)], [])


def test_its_thread_takes_input_and_stops() -> None:
    coordinator, nobody = QueueAddress[Submit | UserCommand](), Recorder[object]()
    with nothing_left():
        actor = InputHandler.start(coordinator, nobody, coordinator, nobody, nobody, ResourceLimits(), FakeClock())
        actor.tell(TextSubmitted(TALK, "Hi"))
        actor.tell(CancelPressed(TALK))
        assert stop(actor, PATIENCE) is True
    assert coordinator.drain() == [Submit(TALK, "Hi"), CancelConversation(TALK)]


def test_its_death_is_told_and_ends_its_thread() -> None:
    supervisor, nobody = QueueAddress[NewsOfActors](), Recorder[object]()
    with nothing_left():
        actor = InputHandler.start(nobody, nobody, nobody, nobody, supervisor, ResourceLimits(), FakeClock())
        actor.tell(NONSENSE)
        assert supervisor.next() == death_by_nonsense("InputHandler")
    assert not actor.is_alive()


def test_what_it_fails_at_goes_back_to_where_it_was_typed() -> None:
    told = Unstarted()
    told.actor.recover(TextSubmitted(TALK, "Hi"), DIED)
    told.actor.recover(CancelPressed(TALK), DIED)
    assert told.ui.take() == [
        InputRefused(TALK, "Hi", "It died. Send it again."),
        NoticePosted(TALK, "It died. Press the key again."),
    ]


def test_what_was_handed_over_before_it_failed_does_not_go_back() -> None:
    told = Unstarted()
    message = TextSubmitted(TALK, "Hi")
    told.actor.on_receive(message)
    told.ui.take()
    told.actor.recover(message, DIED)
    assert told.ui.take() == []


def test_a_schema_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    told, path = Unstarted(), tmp_path / "schema.json"
    told.enter(f"/set format {path}")
    nowhere = NoticePosted(TALK, f"The file {path} cannot be read: No such file or directory.")
    assert told.take() == ([], [nowhere])
    path.write_text('{ "type": "object" }')
    told.enter(f"/set format {path}")
    assert told.take() == ([ChangeParameters(TALK, SetFormat('{"type":"object"}', str(path)))], [])


def test_a_schema_that_is_typed_is_checked_too() -> None:
    told = Unstarted()
    told.enter('/set format {"type": 5}')
    told.enter('/set format {"type": "object"}')
    told.enter("/set noformat")
    why = "it is not valid under any of the schemas listed in the 'anyOf' keyword"
    schema = SetFormat('{"type":"object"}')
    orders = [ChangeParameters(TALK, schema), ChangeParameters(TALK, SetFormat(""))]
    assert told.take() == (orders, [NoticePosted(TALK, f"This is no JSON schema at type: {why}.")])


def test_what_another_program_sets_is_answered_at_once() -> None:
    told = Unstarted()
    told.enter("/set verbose")
    words = "The status line always tells the speed, and how full the context is."
    assert told.take() == ([], [NoticePosted(TALK, words)])


def test_a_value_that_cannot_be_goes_back_with_a_sentence() -> None:
    told = Unstarted()
    told.enter("/set temperature hot")
    said = InputRefused(TALK, "/set temperature hot", "temperature takes a number from 0 to 10, not hot.")
    assert told.take() == ([], [said])

import pytest

from actors.actor import stop
from actors.input_handler import InputHandler, UserCommand
from protocol.archivist import ArchiveQuestion, ListConversations, Reopen
from protocol.commands import help_text
from protocol.coordinator import (
    ActorFailed,
    CancelAll,
    CancelConversation,
    ChooseModel,
    SetSystemPrompt,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    Submit,
)
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.ui import InputRefused, NoticePosted, QuitRequested, UiEvent
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.engine import NONSENSE, death_by_nonsense
from tests.support.leaks import nothing_left

Told = Submit | ArchiveQuestion | UserCommand
TALK, OTHER = ConversationId("talk"), ConversationId("other")
NOTHING = "There is nothing to send: write something first."
BURST = "More than 10 prompts in 1 second: send it again in a moment."


class Unstarted:
    """An InputHandler without a thread, a clock that stands still, and whom it tells."""

    def __init__(self, max_bytes: int = 1000) -> None:
        self.coordinator, self.ui = Recorder[Told](), Recorder[UiEvent]()
        self.clock = FakeClock(now=1000.0)
        limits = ResourceLimits(max_prompt_bytes=max_bytes)
        self.actor = InputHandler(
            self.coordinator, self.coordinator, self.coordinator, self.ui, Recorder[ActorFailed](), limits, self.clock
        )

    def enter(self, text: str, conversation: ConversationId = TALK, after: float = 5.0) -> None:
        """Press Enter on a text, `after` seconds after what was before."""
        self.clock.advance(after)
        self.actor.on_receive(TextSubmitted(conversation, text))

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


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/new", StartConversation(like=TALK)),
        ("/chats", ListConversations(TALK)),
        ("/open Capital of", Reopen(TALK, "Capital of")),
        ("/model", ShowModels(TALK)),
        ("/model tiny:1b", ChooseModel(TALK, "tiny:1b")),
        ("/system", ShowSystemPrompt(TALK)),
        ("/system Be brief, please.", SetSystemPrompt(TALK, "Be brief, please.")),
        ("/system -", SetSystemPrompt(TALK, "")),
        ("/cancel", CancelConversation(TALK)),
        ("/cancel all", CancelAll()),
        ("/queue", ShowQueue(TALK)),
        (" /NEW ", StartConversation(like=TALK)),
    ],
)
def test_commands_go_to_the_coordinator(text: str, command: UserCommand) -> None:
    told = Unstarted()
    told.enter(text)
    assert told.take() == ([command], [])


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
        ("/new talk", "Write it like /new: begin a new conversation."),
        ("/model tiny huge", "Write it like /model [NAME]: choose a model, or list them."),
        ("/cancel that", "Write it like /cancel [all]: stop the reply, or everything in every conversation."),
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
    supervisor, nobody = QueueAddress[ActorFailed](), Recorder[object]()
    with nothing_left():
        actor = InputHandler.start(nobody, nobody, nobody, nobody, supervisor, ResourceLimits(), FakeClock())
        actor.tell(NONSENSE)
        assert supervisor.next() == death_by_nonsense("InputHandler")
    assert not actor.is_alive()

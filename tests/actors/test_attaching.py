"""What goes with prompts, seen from the InputHandler: whole lists of what it tells, errands included."""

import pytest
from msgspec.structs import replace

from actors.input_handler import InputHandler
from protocol.archivist import RememberInput
from protocol.attaching import ImagesWanted, PathsPasted, TextWritten
from protocol.attachment_events import CommandEnded, CommandStarted, FilesAwaited, FilesMentioned, FilesOffered
from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.commands import Attach, Retry
from protocol.coordinator import CancelConversation, NewsOfActors, RetryReply, Submit
from protocol.errands import (
    CommandRan,
    FilesGathered,
    FilesSeen,
    GatherFiles,
    ImagesSaved,
    LookAtFiles,
    RunCommand,
    SaveImages,
    Sight,
)
from protocol.errors import ActorDied
from protocol.identity import ConversationId, TurnId
from protocol.input_handler import CancelPressed, CommandPressed, InputHandlerMessage, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.mentions import Mention
from protocol.ui import InputRefused, NoticePosted
from tests.support.addresses import Recorder
from tests.support.clock import FakeClock
from tests.support.errands import Cancelling, ErrandsOnPaper
from tests.support.pictures import png

TALK, OTHER = ConversationId("talk"), ConversationId("other")
PICTURE = Attachment("a.png", "image/png", png())
NOTES = Attachment("notes.txt", "text/plain", b"Hi")
STOPPED = "It is not sent: Esc stopped the reading of what goes with it."


class Desk:
    """An InputHandler without a thread, and one journal of all that it tells."""

    def __init__(self) -> None:
        self._journal = Recorder[object]()
        self._clock = FakeClock(now=1000.0)
        errands = ErrandsOnPaper(self._journal)
        told = self._journal
        nobody = Recorder[NewsOfActors]()
        limits = ResourceLimits()
        self.actor = InputHandler(told, told, told, told, nobody, limits, self._clock, str, None, errands)

    def after(self, *messages: InputHandlerMessage) -> list[object]:
        """Everything told because of these messages, each of which comes a while after the one before."""
        self._journal.take()
        for message in messages:
            self._clock.advance(5.0)
            self.actor.on_receive(message)
        return self._journal.take()

    def after_stopping(self) -> list[object]:
        """Everything told because it stops."""
        self._journal.take()
        self.actor.on_stop()
        return self._journal.take()


def typed(text: str, *attachments: Attachment, edits: str | None = None, by_hand: bool = True) -> TextSubmitted:
    return TextSubmitted(TALK, text, TurnId(edits) if edits else None, typed=by_hand, attachments=attachments)


def word(*spellings: str) -> Mention:
    return Mention(spellings)


def test_a_prompt_without_names_of_files_is_handed_over_at_once() -> None:
    assert Desk().after(typed("Hi, me@example.org")) == [
        Submit(TALK, "Hi, me@example.org"),
        RememberInput("Hi, me@example.org"),
    ]


def test_a_prompt_is_handed_over_when_what_it_names_is_read() -> None:
    desk = Desk()
    assert desk.after(typed("see @a.png")) == [FilesAwaited(TALK, 1), GatherFiles(1, (word("a.png"),))]
    assert desk.after(FilesGathered(1, (PICTURE,))) == [
        Submit(TALK, "see @a.png", attachments=(PICTURE,)),
        RememberInput("see @a.png"),
        FilesAwaited(TALK, 0),
    ]


def test_one_that_names_nothing_that_is_there_is_a_prompt_like_others() -> None:
    desk = Desk()
    desk.after(typed("ask @someone"))
    assert desk.after(FilesGathered(1)) == [
        Submit(TALK, "ask @someone"),
        RememberInput("ask @someone"),
        FilesAwaited(TALK, 0),
    ]


def test_no_prompt_overtakes_another_of_its_conversation() -> None:
    desk = Desk()
    desk.after(typed("first @a.png"), typed("second"), typed("third @notes.txt"))
    assert desk.after(TextSubmitted(OTHER, "elsewhere")) == [Submit(OTHER, "elsewhere"), RememberInput("elsewhere")]
    assert desk.after(FilesGathered(2, (NOTES,))) == [FilesAwaited(TALK, 3)]
    assert desk.after(FilesGathered(1, (PICTURE,))) == [
        Submit(TALK, "first @a.png", attachments=(PICTURE,)),
        RememberInput("first @a.png"),
        Submit(TALK, "second"),
        RememberInput("second"),
        Submit(TALK, "third @notes.txt", attachments=(NOTES,)),
        RememberInput("third @notes.txt"),
        FilesAwaited(TALK, 0),
    ]


def test_what_cannot_be_attached_is_said_and_the_prompt_goes_back_and_those_behind_it_go_on() -> None:
    desk = Desk()
    desk.after(typed("first @zero"), typed("second"))
    assert desk.after(FilesGathered(1, refusal="'zero' is a device.")) == [
        InputRefused(TALK, "first @zero", "'zero' is a device."),
        Submit(TALK, "second"),
        RememberInput("second"),
        FilesAwaited(TALK, 0),
    ]


def test_what_is_neither_image_nor_text_is_counted() -> None:
    desk = Desk()
    desk.after(typed("@src/"))
    assert desk.after(FilesGathered(1, (NOTES,), passed_over=2))[0] == NoticePosted(
        TALK, "Neither image nor text, and left out: 2 of the files."
    )


def test_what_goes_with_a_prompt_already_is_not_read_again() -> None:
    desk = Desk()
    told = desk.after(typed("see @a.png and @notes.txt", PICTURE, edits="1"))
    assert told == [FilesAwaited(TALK, 1), GatherFiles(1, (word("notes.txt"),))]
    assert desk.after(FilesGathered(1, (NOTES,)))[0] == Submit(
        TALK, "see @a.png and @notes.txt", TurnId("1"), attachments=(PICTURE, NOTES)
    )


def test_esc_stops_the_reading_and_the_prompts_go_back() -> None:
    desk = Desk()
    desk.after(typed("first @a.png", NOTES), typed("second"))
    assert desk.after(CancelPressed(TALK)) == [
        Cancelling(1),
        InputRefused(TALK, "first @a.png", STOPPED, (NOTES,)),
        InputRefused(TALK, "second", STOPPED),
        FilesAwaited(TALK, 0),
    ]
    assert desk.after(FilesGathered(1, (PICTURE,)), CancelPressed(TALK)) == [CancelConversation(TALK)]


def test_a_command_is_run_and_its_output_is_asked_about() -> None:
    desk = Desk()
    assert desk.after(typed("!echo hi")) == [
        CommandStarted(TALK, "echo hi"),
        RunCommand(1, "echo hi"),
        RememberInput("!echo hi"),
    ]
    output = Attachment("output of echo hi (exit status 0)", OUTPUT, b"hi")
    assert desk.after(CommandRan(1, "hi", "exit status 0")) == [
        CommandEnded(TALK, "echo hi", "hi", "exit status 0", output)
    ]
    assert desk.after(typed("!echo hi", output)) == [
        Submit(TALK, "!echo hi", attachments=(output,)),
        RememberInput("!echo hi"),
    ]


def test_one_that_printed_nothing_says_so() -> None:
    desk = Desk()
    desk.after(typed("!true"))
    (ended,) = desk.after(CommandRan(1, "", "exit status 0"))
    assert isinstance(ended, CommandEnded)
    assert ended.attachment == Attachment("output of true (exit status 0)", OUTPUT, b"(it printed nothing)")


def test_esc_stops_a_command_and_then_nothing_is_asked() -> None:
    desk = Desk()
    desk.after(typed("!sleep 1000"))
    assert desk.after(typed("!ls")) == [InputRefused(TALK, "!ls", "A command runs here already: Esc stops it.")]
    assert desk.after(CancelPressed(OTHER)) == [CancelConversation(OTHER)]
    assert desk.after(CancelPressed(TALK)) == [Cancelling(1)]
    assert desk.after(CommandRan(1, "some", "stopped", cancelled=True)) == [
        CommandEnded(TALK, "sleep 1000", "some", "stopped")
    ]


@pytest.mark.parametrize(
    "message",
    [
        typed("!ls", by_hand=False),
        typed("!ls", edits="1"),
        TextSubmitted(TALK, "!ls", urgent=True),
        typed("!!important"),
        typed("!first\nsecond"),
        typed("!"),
    ],
    ids=["by a pipe", "an edited prompt", "sent at once", "two marks", "several lines", "alone"],
)
def test_only_what_somebody_types_as_a_command_is_run(message: TextSubmitted) -> None:
    first, _ = Desk().after(message)
    assert isinstance(first, Submit)


def test_what_is_written_is_looked_at_one_look_at_a_time_the_latest_next() -> None:
    desk = Desk()
    first, second, third = (TextWritten(TALK, (word(name),)) for name in ("a", "ab", "abc"))
    assert desk.after(first, second, third) == [LookAtFiles(1, first.words)]
    assert desk.after(FilesSeen(1)) == [FilesMentioned(TALK, first.words, ()), LookAtFiles(2, third.words)]
    sights = (Sight("abc", 1, 3),)
    assert desk.after(FilesSeen(2, sights, "Too large.")) == [FilesMentioned(TALK, third.words, sights, "Too large.")]
    assert desk.after(FilesSeen(2, sights)) == []


def test_a_pasted_path_of_an_image_is_offered_as_one_and_anything_else_stays_text() -> None:
    desk = Desk()
    paste = PathsPasted(TALK, "'/my a.png' ", ("/my a.png",))
    assert desk.after(paste) == [GatherFiles(1, (word("/my a.png"),), images_only=True)]
    assert desk.after(FilesGathered(1, (PICTURE,))) == [FilesOffered(TALK, '@"/my a.png"', "'/my a.png' ")]
    desk.after(paste, PathsPasted(TALK, "/a.png /b.txt", ("/a.png", "/b.txt")))
    assert desk.after(FilesGathered(2, passed_over=1), FilesGathered(3, (PICTURE,))) == []


NOTHING_THERE = "There is nothing at 'my a.png' to attach."


def test_what_is_to_be_attached_is_offered_or_it_is_said_why_not() -> None:
    desk = Desk()
    attach = CommandPressed(TALK, Attach("my a.png"))
    words = (Mention(("my a.png", "my a.png/")),)
    assert desk.after(attach, attach, attach) == [GatherFiles(n, words) for n in (1, 2, 3)]
    assert desk.after(FilesGathered(1, (PICTURE,))) == [FilesOffered(TALK, '@"my a.png"')]
    assert desk.after(FilesGathered(2, refusal="It is a pipe.")) == [NoticePosted(TALK, "It is a pipe.")]
    assert desk.after(FilesGathered(3)) == [NoticePosted(TALK, NOTHING_THERE)]


@pytest.mark.parametrize("path", ["src", "src/"])
def test_a_folder_is_offered_with_a_slash_at_its_end(path: str) -> None:
    desk = Desk()
    news = FilesGathered(1, (replace(NOTES, name="src/a.txt"),))
    assert desk.after(CommandPressed(TALK, Attach(path)), news)[1:] == [FilesOffered(TALK, "@src/")]


def test_images_are_saved_and_it_is_said_where() -> None:
    desk = Desk()
    assert desk.after(ImagesWanted(TALK, (PICTURE,), "pictures", "a.png")) == [
        SaveImages(1, (PICTURE,), "pictures", "a.png")
    ]
    assert desk.after(ImagesSaved(1, "Saved to pictures/a.png.")) == [NoticePosted(TALK, "Saved to pictures/a.png.")]
    assert desk.after(ImagesSaved(1, "Saved to pictures/a.png.")) == []


def test_after_a_failure_what_waited_goes_back_and_what_ran_is_stopped() -> None:
    desk = Desk()
    desk.after(typed("!sleep 1000"), typed("see @a.png"))
    desk.actor.recover(CommandPressed(TALK, Retry()), ActorDied("It failed.").failure)
    assert desk.after() == []
    assert desk.after(FilesGathered(2, (PICTURE,)), CommandPressed(TALK, Retry())) == [RetryReply(TALK)]


def test_without_anybody_for_errands_marks_mean_nothing() -> None:
    told = Recorder[object]()
    actor = InputHandler(told, told, told, told, Recorder[NewsOfActors](), ResourceLimits(), FakeClock())
    actor.on_receive(typed("!ls @a.png"))
    actor.on_receive(TextWritten(TALK, (word("a.png"),)))
    assert told.take() == [Submit(TALK, "!ls @a.png"), RememberInput("!ls @a.png")]


def test_what_still_waits_when_the_program_stops_is_found_by_the_next_run() -> None:
    desk = Desk()
    desk.after(typed("first @a.png"), typed("second"), typed("/help"))
    assert desk.after_stopping() == [RememberInput("first @a.png"), RememberInput("second")]

"""What is written and pasted, as the engine is told of it."""

from collections.abc import Callable

from protocol.attaching import ImagesWanted, PathsPasted, TextWritten
from protocol.attachment_events import CommandEnded, CommandStarted, FilesAwaited, FilesMentioned
from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.errands import Sight
from protocol.identity import TurnId
from protocol.input_handler import CancelPressed, InputHandlerMessage, TextSubmitted
from protocol.mentions import mentions
from protocol.ui import PromptOffered, UiEvent
from tests.support.addresses import Recorder
from tests.ui.talk import OTHER, TALK, started
from tests.ui.test_keyboard import Desk as KeyDesk
from ui.attaching import Attaching
from ui.composer import Composer
from ui.model import Model
from ui.outgoing import Outgoing, Written

PICTURE = Attachment("a.png", "image/png", b"x")
PRINTED = Attachment("output of ls", OUTPUT, b"a\n")


class Desk:
    """A composer that is watched, and alarms that ring when they are told to."""

    def __init__(self) -> None:
        self.engine = Recorder[InputHandlerMessage]()
        self.composer = Composer(Recorder[Written]().tell)
        self._alarms: list[Callable[[], None]] = []
        self.rows = list[int]()
        """How many rows there were above the text, each time that it was said to have changed."""
        self.attaching = Attaching(
            self.composer,
            lambda _, call: self._alarms.append(call),
            lambda: self.rows.append(self.composer.tray.rows),
        )
        self.attaching.connect(self.engine)
        self._model = Model()
        self.hear(started())

    def hear(self, event: UiEvent) -> None:
        """The engine says this."""
        self._model.apply(event, 0.0)
        self.composer.show(self._model.shown)

    def after(self, text: str, *keys: str) -> list[InputHandlerMessage]:
        """Press keys, after which this is written; return what is told when no other comes."""
        self.attaching.watch(keys or tuple(text))
        self.composer.exchange(text)
        return self.rest()

    def press(self, key: str) -> list[InputHandlerMessage]:
        """Press one key, and no other; return what is told."""
        self.attaching.watch((key,))
        self.composer.keypress((40, 2), key)
        return self.rest()

    def rest(self) -> list[InputHandlerMessage]:
        """Press nothing for a while; return what is told."""
        alarms, self._alarms = self._alarms, []
        for ring in alarms:
            ring()
        return self.engine.take()


def test_words_that_may_name_files_are_told_once() -> None:
    desk = Desk()
    assert desk.after("see @a.png") == [TextWritten(TALK, mentions("@a.png"))]
    assert desk.after("see @a.png now") == []
    assert desk.after("see @a.png and @b") == [TextWritten(TALK, mentions("@a.png @b"))]


def test_that_a_word_is_gone_is_seen_when_no_other_key_comes() -> None:
    desk = Desk()
    desk.after("see @a.png")
    desk.hear(FilesMentioned(TALK, mentions("@a.png"), (Sight("a.png", 1, 2),)))
    assert (desk.composer.tray.rows, desk.rows) == (1, [])
    assert desk.press("ctrl w") == []
    assert (desk.composer.tray.rows, desk.rows) == (0, [0])


def test_a_text_without_any_is_not_told_and_wakes_nobody() -> None:
    desk = Desk()
    assert desk.after("see a.png") == []
    assert desk.after("see @a", "@") != []
    assert desk.after("", "ctrl u") == []
    assert desk.after("see @a", "up") == [TextWritten(TALK, mentions("@a"))]


def test_paths_that_are_pasted_are_told_and_texts_are_not() -> None:
    desk = Desk()
    desk.attaching.paste("a text\nof two lines")
    desk.attaching.paste("'/my a.png' ")
    assert desk.engine.take() == [PathsPasted(TALK, "'/my a.png' ", ("/my a.png",))]


def test_an_image_is_saved_by_the_engine() -> None:
    desk = Desk()
    desk.attaching.save(PICTURE, "/here", "a.png")
    assert desk.engine.take() == [ImagesWanted(TALK, (PICTURE,), "/here", "a.png")]


def test_esc_and_ctrl_c_stop_a_command_and_what_is_read() -> None:
    for event in (CommandStarted(TALK, "sleep 1000"), FilesAwaited(TALK, 1)):
        desk = KeyDesk(started(), event)
        assert desk.told("esc") == [CancelPressed(TALK)]
    desk = KeyDesk(started(), CommandStarted(TALK, "sleep 1000"))
    assert desk.told("ctrl c", "ctrl c") == [CancelPressed(TALK), CancelPressed(TALK)]
    desk.take(CommandEnded(TALK, "sleep 1000", "", "stopped"))
    assert desk.told("esc") == []


def sent(written: Written) -> InputHandlerMessage:
    engine, outgoing = Recorder[InputHandlerMessage](), Outgoing()
    outgoing.connect(engine)
    outgoing.submit(written)
    outgoing.flush(TALK)
    (message,) = engine.take()
    return message


def test_what_goes_with_an_edited_prompt_stays_while_its_words_name_it() -> None:
    offer = PromptOffered(TALK, TurnId("1"), "see @a.png", (PICTURE, PRINTED))
    assert sent(Written("look at @a.png", offer)) == TextSubmitted(
        TALK, "look at @a.png", TurnId("1"), attachments=(PICTURE, PRINTED)
    )
    assert sent(Written("look", offer, attachments=(PRINTED,))) == TextSubmitted(
        TALK, "look", TurnId("1"), attachments=(PRINTED, PRINTED)
    )


def test_what_goes_with_a_prompt_of_another_talk_does_not() -> None:
    offer = PromptOffered(OTHER, TurnId("1"), "see @a.png", (PICTURE,))
    assert sent(Written("see @a.png", offer)) == TextSubmitted(TALK, "see @a.png")

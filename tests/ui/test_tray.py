"""What goes with what is being written, on a screen: the row above it, what is sent, and what is dropped."""

from msgspec.structs import replace

from protocol.attachment_events import (
    AttachmentEvent,
    CommandEnded,
    CommandStarted,
    FilesAwaited,
    FilesMentioned,
    FilesOffered,
)
from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.comparison import ColumnKind, JudgeOffered
from protocol.errands import Sight
from protocol.identity import TurnId
from protocol.mentions import mentions
from protocol.ui import InputRefused, PromptOffered
from tests.ui.desk import Desk
from tests.ui.talk import TALK, started
from ui.model import Model
from ui.outgoing import Written
from ui.paste import Pasted

PRINTED = Attachment("output of ls (exit status 0)", OUTPUT, b"a\nb\n")
PRINTED_ROW = "output of ls (exit status 0), 2 lines, 4 B"
ENDED = CommandEnded(TALK, "ls", "a\nb", "exit status 0", PRINTED)
PICTURE = Attachment("a.png", "image/png", b"x" * 2048)


class Tray(Desk):
    """A composer in a talk."""

    def __init__(self, *events: AttachmentEvent | InputRefused) -> None:
        super().__init__()
        self.model = Model()
        self.hear(started(), *events)

    def hear(self, *events: object) -> "Tray":
        for event in events:
            self.model.apply(event, 0.0)  # type: ignore[arg-type]
        for offer in self.model.offered_files:
            self.composer.attach(offer)
        self.model.offered_files.clear()
        self.composer.show(self.model.shown)
        return self

    def write(self, text: str) -> "Tray":
        self.type(text)
        self.composer.show(self.model.shown)
        return self

    @property
    def row(self) -> str:
        """What is said above the text; empty where nothing is."""
        tray = self.composer.tray
        return tray.draw(60).text[0].decode().rstrip() if tray.rows else ""


def seen(text: str, *sights: Sight, trouble: str = "") -> FilesMentioned:
    return FilesMentioned(TALK, mentions(text), sights, trouble)


def test_what_goes_with_an_edited_prompt_goes_when_the_edit_is_left_or_sent() -> None:
    for key in ("esc", "enter"):
        tray = Tray()
        tray.composer.offer(PromptOffered(TALK, TurnId("1"), "what is it?", (PICTURE,)))
        assert tray.row == "1 file, 2 KB: a.png"
        tray.press(key)
        assert tray.row == ""


def test_what_would_be_attached_is_said_while_it_is_written() -> None:
    tray = Tray().write("see @a.png @src/")
    assert tray.row == ""
    tray.hear(seen("@a.png @src/", Sight("a.png", 1, 2048), Sight("src/", 3, 1024)))
    assert tray.row == "4 files, 3 KB: a.png, src/"
    assert tray.rows()[0] == "4 files, 3 KB: a...."[:20]


def test_of_the_files_that_are_named_it_is_known_what_their_texts_weigh() -> None:
    tray = Tray().write("see @a.png @src/ @b.txt")
    found = Sight("a.png", 1, 2048), Sight("src/", 3, 1024, 1000), Sight("b.txt", 1, 24, 24)
    tray.hear(seen("@a.png @src/ @b.txt", *found))
    assert [one.weight for one in tray.composer.tray.sights] == [0, 1000, 24]
    tray.press("ctrl w")
    tray.hear()
    assert [one.weight for one in tray.composer.tray.sights] == [0, 1000]


def test_what_is_taken_away_is_not_said_any_more() -> None:
    tray = Tray().write("see @a.png @b.png").hear(seen("@a.png @b.png", Sight("a.png", 1, 2), Sight("b.png", 1, 3)))
    tray.press("ctrl w")
    tray.hear()
    assert tray.row == "1 file, 2 B: a.png"
    tray.press("ctrl u")
    tray.hear()
    assert tray.row == ""


def test_what_could_not_be_sent_is_said_instead() -> None:
    tray = Tray().write("@zero").hear(seen("@zero", trouble="'zero' is no file. Take it away."))
    assert tray.row == "'zero' is no file. Take it away."
    assert tray.write("s").row == ""


def test_what_runs_and_what_is_read_is_said() -> None:
    tray = Tray(CommandStarted(TALK, "sleep 1000"))
    assert tray.row == "running sleep 1000: Esc stops it"
    assert tray.hear(CommandEnded(TALK, "sleep 1000", "", "stopped")).row == ""
    assert tray.hear(FilesAwaited(TALK, 1)).row == "reading the files: Esc stops it"
    assert tray.hear(FilesAwaited(TALK, 0)).row == ""


def test_enter_sends_what_a_command_printed_under_its_name() -> None:
    tray = Tray(ENDED)
    assert tray.row == PRINTED_ROW
    assert tray.composer.mode == "Enter sends it, Esc drops it"
    tray.press("enter")
    assert tray.written.take() == [Written("!ls", attachments=(PRINTED,))]
    assert (tray.row, tray.composer.mode) == ("", "")
    tray.press("enter")
    assert tray.written.take() == []


def test_it_goes_with_what_is_written() -> None:
    tray = Tray(ENDED).write("Why?")
    tray.press("enter")
    assert tray.written.take() == [Written("Why?", attachments=(PRINTED,))]


def test_esc_drops_it() -> None:
    tray = Tray(ENDED)
    assert tray.press("esc") == []
    assert tray.press("enter") == []
    assert (tray.written.take(), tray.row) == ([], "")


def test_a_command_or_another_one_to_run_does_not_take_it_along() -> None:
    tray = Tray(ENDED)
    for text in ("/help", "!pwd"):
        tray.write(text).press("enter")
    assert tray.written.take() == [Written("/help"), Written("!pwd")]
    assert tray.hear().row == PRINTED_ROW


def test_what_goes_with_a_prompt_that_is_edited_is_said_and_stays_while_it_is_named() -> None:
    tray = Tray()
    tray.composer.offer(PromptOffered(TALK, TurnId("1"), "see @a.png", (PICTURE, PRINTED)))
    tray.hear()
    assert tray.row == "1 file, 2 KB: a.png; output of ls (exit status 0), 2 lines"[:57] + "..."


def test_a_refused_prompt_has_back_what_no_word_of_it_names() -> None:
    tray = Tray(InputRefused(TALK, "see @a.png", "No.", (PICTURE, PRINTED)))
    assert tray.model.shown.outputs == [PRINTED]


def test_a_pasted_path_becomes_the_word_that_attaches_it_if_it_is_still_there() -> None:
    tray = Tray().write("see ")
    tray.press(Pasted("'/my a.png' "))
    assert tray.hear(FilesOffered(TALK, '@"/my a.png"', "'/my a.png' ")).composer.text == 'see @"/my a.png" '
    tray.press("ctrl u")
    assert tray.hear(FilesOffered(TALK, "@b", "'/b' ")).composer.text == ""


def test_a_word_that_is_offered_is_written_where_the_cursor_is() -> None:
    assert Tray().write("see").hear(FilesOffered(TALK, "@a.png")).composer.text == "see @a.png "
    assert Tray().hear(FilesOffered(TALK, "@a.png")).composer.text == "@a.png "


def test_the_names_of_files_obey_nobody() -> None:
    tray = Tray().write("@a").hear(seen("@a", Sight("a", 1, 2), trouble="\x1b[31mred\nalert"))
    assert tray.row == "␛[31mred alert"


def test_a_long_command_is_cut_and_what_can_be_done_and_how_it_ended_is_not() -> None:
    command = "grep -rn everything . | sort | uniq -c | sort -rn | head"
    printed = replace(PRINTED, name=f"output of {command} (exit status 0)")
    tray = Tray(CommandStarted(TALK, command))
    assert tray.row == "running grep -rn everything . | sort | uniq...: Esc stops it"
    tray.hear(CommandEnded(TALK, command, "a\nb", "exit status 0", printed))
    assert tray.row == "output of grep -rn everythi... (exit status 0), 2 lines, 4 B"


def test_it_fits_the_smallest_screen() -> None:
    tray = Tray(ENDED).write("x")
    assert tray.rows() == ["output of ls (exi...", "> x"]


def test_nothing_goes_with_a_question_to_a_judge_and_what_a_command_printed_stays_for_the_chat() -> None:
    tray = Tray(ENDED)
    asks = JudgeOffered(TALK, ColumnKind.JUDGE, "phi4", "Which? @a.png")
    tray.composer.offer(asks)
    tray.hear(seen("Which? @a.png", trouble="'a.png' is no file. Take it away."))
    assert (tray.row, tray.composer.mode) == (PRINTED_ROW, "for phi4 to judge: Enter sends, Esc leaves")
    tray.press("enter")
    assert tray.written.take() == [Written("Which? @a.png", asks=asks)]
    assert (tray.row, tray.composer.mode) == (PRINTED_ROW, "Enter sends it, Esc drops it")


def test_one_that_is_made_empty_sends_nothing() -> None:
    tray = Tray(ENDED)
    tray.composer.offer(JudgeOffered(TALK, ColumnKind.JUDGE, "phi4", "Which?"))
    tray.press("ctrl u", "enter")
    assert (tray.written.take(), tray.row) == ([], PRINTED_ROW)

"""What a frame costs is counted, not timed: what is parsed, laid out, drawn and written for what comes."""

from collections.abc import Sequence
from itertools import pairwise

import urwid

from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import ReplyGrew, UiEvent
from tests.bench.replies import MARKDOWN
from tests.support.addresses import Recorder
from tests.ui.paper import written
from tests.ui.talk import TALK, accepted, grew, moved, started
from ui.face import Face
from ui.leaves import Found, Start, leaves
from ui.markdown import MarkdownText
from ui.model import Model
from ui.outgoing import Written
from ui.passage import Passage
from ui.rows import Row

SIZE = (80, 24)
WORDS = 300


class Parser:
    """Parses, and counts how often, and how many lines."""

    def __init__(self) -> None:
        self.times = self.lines = 0

    def __call__(self, lines: Sequence[str], start: Start) -> list[Found]:
        self.times += 1
        self.lines += len(lines)
        return leaves(lines, start)


class Screen:
    """A face that is shown after each event, and its pictures."""

    def __init__(self, *events: UiEvent) -> None:
        self.model = Model()
        sent: Recorder[Written] = Recorder()
        self.face = Face(sent.tell)
        self.pictures: list[urwid.Canvas] = []
        for event in events:
            self.take(event)

    def take(self, event: UiEvent) -> None:
        self.model.apply(event, 0.0)
        self.face.show(self.model, 0.0, only_growth=isinstance(event, ReplyGrew))
        self.pictures.append(self.face.render(SIZE, True))

    def rows(self) -> list[Row]:
        return list(self.pictures[-1].content())


def parsed(pieces: Sequence[str]) -> Parser:
    """What it takes to show a text that comes in pieces, each shown at once."""
    parser = Parser()
    text = MarkdownText(parser)
    for piece in pieces:
        text.feed(piece)
        _ = text.blocks
    return parser


def answering(*texts: str) -> Screen:
    screen = Screen(started(), accepted("1"), moved("1", TurnState.ANSWERING))
    for text in texts:
        screen.take(grew("1", text))
    return screen


def test_a_paragraph_is_parsed_when_it_begins_and_not_when_it_grows() -> None:
    assert parsed(["word "] * 500).times == 1
    assert parsed(["- ", *["word "] * 500]).times == 2
    assert parsed(["A line\n", *["word "] * 500]).times == 3


def test_code_is_parsed_when_its_fence_opens_and_when_it_closes() -> None:
    assert parsed(["```py\n", *["x = 1\n"] * 500, "```\n"]).times <= 3


def test_what_is_parsed_of_a_reply_does_not_grow_with_its_length() -> None:
    def lines(times: int) -> float:
        pieces = [MARKDOWN[at : at + 8] for at in range(0, len(MARKDOWN), 8)] * times
        return parsed(pieces).lines / times

    assert lines(20) < 1.2 * lines(2)


def test_a_passage_that_is_over_is_laid_out_once() -> None:
    text = MarkdownText()
    drawn: dict[Passage, urwid.Canvas] = {}
    for at in range(0, len(MARKDOWN), 8):
        text.feed(MARKDOWN[at : at + 8])
        for block in text.blocks[:-2]:
            canvas = block.render((80,))
            assert drawn.setdefault(block, canvas) is canvas
    assert len(drawn) == 8


def test_rows_that_stand_are_the_same_objects_in_the_next_frame() -> None:
    screen = answering("First paragraph.\n\nSecond ")
    before = screen.rows()
    screen.take(grew("1", "word"))
    after = screen.rows()
    assert [place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other] == [4, 5]


def test_a_word_more_writes_the_word_and_where_it_stands() -> None:
    screen = answering("The first words of a row", " and", " another")
    costs = [len(written(screen.pictures[:end])) for end in (-2, -1, None)]
    hidden, place, ink, erased, cursor = map(
        len, ("\x1b[?25l", "\x1b[4;25H", "\x1b[0;39;49m", "\x1b[K", "\x1b[24;3H\x1b[?25h")
    )
    frame = hidden + place + ink + erased + cursor
    assert [after - before for before, after in pairwise(costs)] == [len(" and") + frame, len(" another") + frame]


def test_a_frame_in_which_nothing_changes_writes_nothing() -> None:
    screen = answering("Some words")
    screen.take(ReplyGrew(ConversationId("another"), grew("1", "x").stream, grew("1", "unseen").chunks))
    assert written(screen.pictures) == written(screen.pictures[:-1])


def test_a_long_talk_draws_no_more_than_the_screen() -> None:
    screen = answering(*["A line of the talk.\n\n"] * WORDS)
    seen = [len(list(picture.content())) for picture in screen.pictures]
    assert set(seen) == {SIZE[1]}
    assert TALK in screen.model.conversations

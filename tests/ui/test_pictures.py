"""The same text makes the same picture, however it came and whatever became of the window meanwhile."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from urwid.testing import render_runs

from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import ServerChanged, UiEvent
from tests.support.addresses import Recorder
from tests.ui.cuts import cut
from tests.ui.nasty import TEXT
from tests.ui.talk import accepted, done, grew, moved, started, thought
from ui.face import Face
from ui.model import Model
from ui.outgoing import Written

Size = tuple[int, int]
Picture = list[list[tuple[object, str]]]

SIZES = st.one_of(
    st.sampled_from([(40, 10), (80, 24), (200, 60)]), st.tuples(st.integers(40, 200), st.integers(10, 60))
)
BLOCKS = st.sampled_from(
    [
        "# A heading\n\n",
        "Some *words* and **more of them**, `code`, [a link](http://example.org), and so on to the next line.\n\n",
        "- one\n- two\n  1. three\n  2. four\n\n",
        "- [ ] open\n- [x] done\n\n",
        "> a quote that is\n> two lines long\n\n",
        "| name | what it is |\n|---|---:|\n| 日本 | 👩\u200d👧 |\n| b | a longer cell than the others are |\n\n",
        "```python\ndef f(x):\n    return x + 1  # 日本\n```\n\n",
        "---\n\n",
        "$x_1$ and \\(y\\)\n",
    ]
)
REPLIES = st.lists(st.one_of(BLOCKS, TEXT), max_size=6).map("".join)
BEGUN: Sequence[UiEvent] = (ServerChanged(ServerSurvey("here")), started(), accepted("1", "Tell me."))


class Window:
    """A screen of any size, on which a talk is shown."""

    def __init__(self) -> None:
        self._model = Model()
        sent: Recorder[Written] = Recorder()
        self._face = Face(sent.tell)

    def take(self, *events: UiEvent) -> None:
        """Show what some events change. The clock stands still: the picture tells nothing of when they came."""
        for event in events:
            self._model.apply(event, 0.0)
        self._face.show(self._model, 0.0)

    def picture(self, size: Size) -> Picture:
        """Return what is drawn in the end, with how it is drawn."""
        drawn = render_runs(self._face, size, focus=True)
        while self._face.behind:
            self._face.show(self._model, 0.0)
            drawn = render_runs(self._face, size, focus=True)
        return [[(run[0], run[-1]) for run in row] for row in drawn]


def whole(reply: str, thinking: str, size: Size) -> Picture:
    """The picture of a talk that came at once, in a window that was never another."""
    window = Window()
    window.take(*BEGUN, moved("1", TurnState.ANSWERING), thought("1", thinking), grew("1", reply))
    window.take(done("1", reply, thinking=thinking))
    return window.picture(size)


@settings(max_examples=50)
@given(REPLIES, TEXT, st.data(), SIZES)
def test_the_last_screen_does_not_depend_on_how_the_text_was_cut(
    reply: str, thinking: str, data: st.DataObject, size: Size
) -> None:
    window = Window()
    window.take(*BEGUN, moved("1", TurnState.ANSWERING))
    for piece in cut(thinking, data):
        window.take(thought("1", piece))
    for piece in cut(reply, data):
        window.take(grew("1", piece))
        window.picture(size)
    window.take(done("1", reply, thinking=thinking))

    assert window.picture(size) == whole(reply, thinking, size)


@settings(max_examples=50)
@given(REPLIES, TEXT, st.data(), st.lists(SIZES, min_size=1, max_size=6))
def test_the_last_screen_does_not_depend_on_which_sizes_the_window_had(
    reply: str, thinking: str, data: st.DataObject, sizes: list[Size]
) -> None:
    window = Window()
    window.take(*BEGUN, moved("1", TurnState.ANSWERING), thought("1", thinking))
    window.picture(sizes[0])
    for number, piece in enumerate(cut(reply, data)):
        window.take(grew("1", piece))
        window.picture(sizes[number % len(sizes)])
    window.take(done("1", reply, thinking=thinking))
    for size in sizes:
        window.picture(size)

    assert window.picture(sizes[-1]) == whole(reply, thinking, sizes[-1])


@settings(max_examples=25)
@given(REPLIES, st.lists(SIZES, min_size=1, max_size=6))
def test_a_window_made_small_and_large_again_shows_what_it_showed(reply: str, sizes: list[Size]) -> None:
    window = Window()
    window.take(*BEGUN, moved("1", TurnState.ANSWERING), grew("1", reply))
    before = window.picture(sizes[-1])
    for size in [(39, 9), (1, 1), *sizes]:
        window.picture(size)

    assert window.picture(sizes[-1]) == before

"""Every row is measured, in the smallest size; what comes out is a matter of the machine, and not asserted."""

import sys
from pathlib import Path

import pytest

from tests.bench import terminal
from tests.bench.asking import Asking
from tests.bench.goals import ROWS
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import Notebook
from tests.bench.replies import reply_to
from tests.bench.size import FULL, QUICK, Size
from tests.bench.window import Missing

TINY = Size(
    rounds=1,
    idle=0.1,
    burst=50,
    seconds=0.3,
    keys=3,
    cancels=1,
    long=2000,
    resizes=3,
    growth=(3000,),
    frames=10,
    streams=2,
)

_FINISHED = "scenarios that did not come to their end"
ROWS_OF = {
    "start": [
        "import urwid, for comparison",
        "start: to a prompt that takes keys",
        "start, in imports of urwid",
        "first answer of a fresh start: Enter to the 20th word",
        "resident memory, settled",
        "CPU when idle",
    ],
    "burst": ["burst of 20,000 words: Enter to the last on screen", "CPU for 1,000 burst chunks"],
    "markdown": ["CPU at 100 chunks/s, Markdown"],
    "words": ["chunk to screen at 100/s, median", "chunk to screen at 100/s, p99", "words that were never shown"],
    "echo": [
        "key echo at 200 chunks/s, median",
        "key echo at 200 chunks/s, p99",
        "keys that were never echoed",
    ],
    "length": [
        "CPU after a 300 KB reply, against a short one",
        "latency after a 300 KB reply, against a short one",
    ],
    "cancel": [
        "Ctrl-C to the server seeing the close",
        "Esc to the server seeing the close",
        "Ctrl-C and Enter to the next prompt at the server",
    ],
    "leaving": [
        "quit during a stream, to process exit",
        "SIGTERM, to process exit",
        "SIGHUP, to process exit",
        "terminal closed, to process exit",
        "terminals left broken, or wrong statuses",
    ],
    "hostile": ["raw control sequences of the model, of 15 kinds"],
    "ends": ["answers whose end was not on the screen"],
    "growth": [
        "a frame of a conversation of one screen",
        "a frame of the largest conversation",
        "the largest, against that of one screen",
        "slope: for each MB of conversation a frame costs more",
        "a reply in a burst, for each MB: Enter to its end on the screen",
        "memory for a byte of conversation",
        "memory for a byte of it, when another is shown",
    ],
    "parallel": [
        "CPU of 16 streams at 100 chunks/s",
        "CPU of one stream at 1,600 chunks/s",
        "16 streams, against one as fast",
    ],
    "comparing": [
        "CPU of 16 answers at 100 chunks/s, side by side",
        "CPU of one reply at 1,600 chunks/s",
        "16 answers side by side, against one reply as fast",
        "key echo beside 16 answers, median",
        "key echo beside 16 answers, p99",
    ],
}


@pytest.mark.parametrize("name", ROWS_OF)
def test_a_scenario_measures_its_rows(name: str, tmp_path: Path) -> None:
    measured = {each.name: each for each in terminal.measure(tmp_path, TINY, name)}

    assert [row for row in ROWS_OF[name] if row not in measured] == []
    assert measured[_FINISHED].met


def test_a_scenario_that_does_not_come_to_its_end_is_counted_and_the_others_go_on(tmp_path: Path) -> None:
    def measure_nothing(lab: Laboratory, size: Size, book: Notebook) -> None:
        raise Missing("a word")

    book = Notebook()
    terminal.run_scenario(measure_nothing, Laboratory(tmp_path), TINY, book)

    assert (book.samples("unfinished"), len(book.samples("import"))) == ([1], 1)


def test_every_scenario_is_among_these_and_every_row_is_of_one_of_them() -> None:
    assert list(ROWS_OF) == [terminal.name_of(each) for each in (*terminal.SCENARIOS, *terminal.RARE)]
    assert {row.name for row in ROWS} == {name for names in ROWS_OF.values() for name in names} | {_FINISHED}


def test_the_goals_are_those_that_were_set() -> None:
    assert {row.name: (row.goal, row.unit) for row in ROWS if row.goal is not None} == {
        "start, in imports of urwid": (1.7, "x"),
        "first answer of a fresh start: Enter to the 20th word": (20, "ms"),
        "resident memory, settled": (60, "MB"),
        "CPU when idle": (0.1, "%"),
        "burst of 20,000 words: Enter to the last on screen": (0.67, "s"),
        "CPU for 1,000 burst chunks": (0.029, "s"),
        "CPU at 100 chunks/s, Markdown": (4, "%"),
        "chunk to screen at 100/s, median": (10, "ms"),
        "chunk to screen at 100/s, p99": (20, "ms"),
        "key echo at 200 chunks/s, median": (2, "ms"),
        "key echo at 200 chunks/s, p99": (10, "ms"),
        "CPU after a 300 KB reply, against a short one": (1.1, "x"),
        "latency after a 300 KB reply, against a short one": (1.1, "x"),
        "Ctrl-C to the server seeing the close": (5, "ms"),
        "Ctrl-C and Enter to the next prompt at the server": (20, "ms"),
        "quit during a stream, to process exit": (100, "ms"),
        "SIGTERM, to process exit": (100, "ms"),
        "SIGHUP, to process exit": (100, "ms"),
        "terminal closed, to process exit": (100, "ms"),
        "terminals left broken, or wrong statuses": (0, ""),
        "raw control sequences of the model, of 15 kinds": (0, ""),
        "keys that were never echoed": (0, ""),
        "words that were never shown": (0, ""),
        "answers whose end was not on the screen": (0, ""),
        _FINISHED: (0, ""),
        "the largest, against that of one screen": (1.1, "x"),
        "memory for a byte of conversation": (6, "B"),
        "16 streams, against one as fast": (1.3, "x"),
        "16 answers side by side, against one reply as fast": (1.3, "x"),
        "key echo beside 16 answers, median": (2, "ms"),
        "key echo beside 16 answers, p99": (10, "ms"),
    }


@pytest.mark.parametrize("size", [FULL, QUICK, TINY])
def test_no_prompt_holds_a_word_of_its_answer(size: Size) -> None:
    for prompt in terminal.prompts(size):
        reply = reply_to(prompt)
        assert reply.last_word not in prompt
        assert reply.chunks[0].strip() not in prompt


_FORGETFUL = """
import sys
print("bench:1b", flush=True)
for prompt in sys.stdin:
    print("w00000 w00001 w00002"{how}, flush=True)
    import urllib.request
    body = ('{{"messages": [{{"content": "' + prompt.strip() + '"}}]}}').encode()
    urllib.request.urlopen("http://" + sys.argv[1] + "/api/chat", body).read()
"""


@pytest.mark.parametrize(
    ("how", "well"),
    [
        ("", True),
        ('[:13] + "\\x1b[1;1Hw00002"', True),
        ("[:13]", False),
        ('+ "\\x1b[2J"', False),
    ],
)
def test_an_end_that_is_not_on_the_screen_is_noticed(how: str, well: bool, tmp_path: Path) -> None:
    with Laboratory(tmp_path) as lab:
        program = (sys.executable, "-c", _FORGETFUL.format(how=how), lab.host)
        with lab.opened(program) as window:
            assert Asking(lab, window, "words 3").ends_well() is well

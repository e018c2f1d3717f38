import json
from collections.abc import Callable
from io import StringIO

import pytest

from protocol.chat import ToolCall
from protocol.frames import Chunk, Metrics
from protocol.reply import Finished
from protocol.turn import TurnState
from protocol.ui import TurnEnded
from tests.ui.talk import REFUSED, done, ended, failed
from ui.ask_printers import JsonPrinter, Printer, TextPrinter
from ui.paper import Printed

CALL = ToolCall("look", '{"at":1}')
FIT = Finished("stop", Metrics())


def text(print_: Callable[[Printer], object], whole: bool = False) -> tuple[str, str]:
    """What comes to standard output and to standard error."""
    out, err = StringIO(), StringIO()
    print_(TextPrinter(Printed(out, err), whole, "Line 7: "))
    return out.getvalue(), err.getvalue()


def events(print_: Callable[[Printer], object], whole: bool = False) -> list[dict[str, object]]:
    """The events, without the metrics."""
    out = StringIO()
    print_(JsonPrinter(Printed(out, out), whole, "x"))
    return [{**json.loads(line), "metrics": None, "id": None} for line in out.getvalue().splitlines()]


def answers(*chunks: Chunk, end: TurnEnded) -> Callable[[Printer], object]:
    def print_(printer: Printer) -> None:
        printer.start("tiny", "c1")
        for chunk in chunks:
            printer.grow([chunk])
        printer.end(end)

    return print_


def test_thoughts_are_told_from_the_answer() -> None:
    said = answers(Chunk(thinking="Hm"), Chunk("A"), Chunk("B"), end=done("1", "AB"))
    assert text(said) == ("AB\n", "Hm\n\n")
    assert [(one["type"], one.get("text")) for one in events(said)] == [
        ("start", None),
        ("thinking", "Hm"),
        ("text", "A"),
        ("text", "B"),
        ("end", None),
    ]


def test_an_answer_may_be_printed_as_a_whole() -> None:
    said = answers(Chunk("A"), Chunk("B"), end=done("1", "AB"))
    assert text(said, whole=True) == ("AB\n", "")
    assert [one.get("text") for one in events(said, whole=True)] == [None, "AB", None]


@pytest.mark.parametrize(
    ("end", "err", "last", "status"),
    [
        (done("1", ""), "", {"type": "end", "state": "done", "reason": "stop"}, 0),
        (
            ended("1", TurnState.CUT, ending=Finished("length", Metrics())),
            "Line 7: The reply was cut: it reached the length limit.",
            {"type": "end", "state": "cut", "reason": "length"},
            0,
        ),
        (ended("1", TurnState.CANCELLED), "", {"type": "end", "state": "cancelled", "reason": ""}, 1),
        (
            failed("1"),
            "Line 7: Connection refused. Start the server.",
            {
                "type": "error",
                "message": "Connection refused.",
                "advice": "Start the server.",
                "category": "network",
                "kind": "ServerUnreachable",
                "status": None,
            },
            1,
        ),
        (
            ended("1", TurnState.DONE, ending=Finished("stop", Metrics(), "The reply is not JSON.")),
            "Line 7: The reply is not JSON.",
            {"type": "end", "state": "done", "reason": "stop", "misfit": "The reply is not JSON."},
            1,
        ),
    ],
    ids=["done", "cut", "cancelled", "failed", "misfit"],
)
def test_an_end_is_said_in_both_ways(end: TurnEnded, err: str, last: dict[str, object], status: int) -> None:
    assert text(lambda printer: printer.end(end)) == ("", f"chinwag: {err}\n" if err else "")
    assert events(lambda printer: printer.end(end)) == [{**last, "metrics": None, "id": None}]
    out = StringIO()
    assert TextPrinter(Printed(out, out)).end(end) == JsonPrinter(Printed(out, out)).end(end) == status


def test_a_call_of_a_tool_is_said() -> None:
    end = ended("1", TurnState.DONE, ending=FIT, calls=(CALL,))
    said = 'chinwag: Line 7: The model calls look({"at":1}), which ask cannot do.\n'
    assert text(lambda printer: printer.end(end)) == ("", said)
    assert events(lambda printer: printer.end(end))[0] == {
        "type": "tool_call",
        "name": "look",
        "arguments": '{"at":1}',
        "metrics": None,
        "id": None,
    }


def test_notes_and_failures_are_said_in_both_ways() -> None:
    assert text(lambda printer: printer.note("Again.")) == ("", "chinwag: Line 7: Again.\n")
    assert text(lambda printer: printer.fail(REFUSED))[1] == "chinwag: Line 7: Connection refused. Start the server.\n"
    assert [one["type"] for one in events(lambda printer: printer.note("Again."))] == ["note"]
    assert [one["type"] for one in events(lambda printer: printer.fail(REFUSED))] == ["error"]


def test_halves_of_characters_are_replaced() -> None:
    assert events(lambda printer: printer.grow([Chunk("\ud83d!")]))[0]["text"] == "\ufffd!"

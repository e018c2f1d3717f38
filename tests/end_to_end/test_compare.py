"""`/compare` in a real pseudo-terminal: answers side by side; slow ones, one that dies, one of an unknown model."""

import json
import os
import re
import signal
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from protocol.comparison import ColumnKind
from protocol.judging import question
from tests.support.answers import error_line, ndjson_chat, opening, replay, status
from tests.support.journal import Request
from tests.support.leaks import nothing_left
from tests.support.pictures import png
from tests.support.program import CHINWAG
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_D, CTRL_N, ENTER, ESC, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Wait

STEADY, SLOW, ENDLESS, DYING, UNKNOWN = "steady:1b", "slow:8b", "endless:4b", "dying:3b", "nosuchmodel:1b"
MODELS = (STEADY, SLOW, ENDLESS, DYING)
ASKED, LONG = "Why is the sky blue?", "Tell me all you know"
LINES = "\n\n".join(f"Reason {number}." for number in range(1, 41))
F4, TAB, SHIFT_TAB, HOME, END = "\x1bOS", "\t", "\x1b[Z", "\x1b[H", "\x1b[F"
PICK, DIFFERENCES, JUDGE, MERGE, AGAIN = ALT + "a", ALT + "=", ALT + "q", ALT + "+", ALT + "r"

_TO_JUDGE = question(ColumnKind.JUDGE, ASKED, []).partition("\n")[0]

Seen = Callable[[list[str]], bool]


class Table:
    """A server on which each model has an answer of its own."""

    def __init__(self) -> None:
        self.more, self.die, self.never = Event(), Event(), Event()
        self.asked: list[str] = []
        """What the judges were asked."""

    def answer(self, request: Request) -> Answer:
        """What is answered to one request."""
        body = json.loads(request.body)
        prompt = body["messages"][-1]["content"]
        if prompt == LONG:
            return ndjson_chat([f"{body['model']} {number} {'word ' * 60}\n\n" for number in range(1000)])
        if prompt != ASKED:
            self.asked.append(prompt)
            return ndjson_chat(["Best: B"] if prompt.startswith(_TO_JUDGE) else ["Both in one."])
        return self._said()[body["model"]]

    def _said(self) -> dict[str, Answer]:
        return {
            STEADY: ndjson_chat([LINES]),
            SLOW: (*opening(["It seems"]), Wait(self.more), *ndjson_chat([" to scatter."])[1:]),
            ENDLESS: (*opening(["On and on"]), Wait(self.never)),
            DYING: (*opening(["Because the"]), Wait(self.die), *error_line("model runner has stopped")[1:]),
            UNKNOWN: replay(recording("err_unknown_model")),
        }


@contextmanager
def comparing(size: tuple[int, int], home: Path, *arguments: str) -> Iterator[tuple[Terminal, Table]]:
    """The chat, ready, and who answers in it."""
    table = Table()
    with (
        nothing_left(),
        ReplayServer(table.answer, models=MODELS) as server,
        Terminal([*CHINWAG, "--model", STEADY, *arguments], *size, {"OLLAMA_HOST": server.host}, home) as terminal,
    ):
        terminal.wait_for("ready" if "--continue" not in arguments else "> ")
        yield terminal, table


def says(*words: str) -> Seen:
    """Whether all of these are on the screen, wherever a row may break."""
    return lambda screen: all(word in " ".join(screen) for word in words)


def in_focus(number: int, name: str, state: str) -> Seen:
    """Whether a caption, or a tab, says this of an answer."""
    return lambda screen: any(re.search(rf" {number}\S? {re.escape(name)}.* {state}", row) for row in screen[:6])


def below(*words: str) -> Seen:
    """Whether the status line says all this, however many rows are below it."""
    return lambda screen: any(all(word in row for word in words) for row in screen[5:])


@SIZES
def test_many_answer_side_by_side_and_one_is_picked_while_others_still_come(
    size: tuple[int, int], tmp_path: Path
) -> None:
    with comparing(size, tmp_path) as (terminal, table):
        terminal.send(f"/compare {STEADY} {SLOW} {ENDLESS} {DYING} {UNKNOWN} -- {ASKED}" + ENTER)
        terminal.wait_for(in_focus(1, STEADY, "done"))
        terminal.wait_for(below("2 of 5 ended"))  # the unknown one has failed at once
        terminal.wait_for("Reason 40.")

        terminal.send("written meanwhile")
        terminal.wait_for(lambda screen: screen[-1] == "> written meanwhile")
        terminal.send("\x15" + HOME)
        terminal.wait_for(says("Reason 1.", "more below"))
        terminal.send(END)
        terminal.wait_for("Reason 40.")

        terminal.send(TAB)
        terminal.wait_for(says("It seems"))
        terminal.send(TAB)
        terminal.wait_for(says("On and on"))
        terminal.send(ESC)
        terminal.wait_for(below("3 of 5 ended"))
        terminal.wait_for(in_focus(3, ENDLESS, "cancelled"))

        table.die.set()
        terminal.wait_for(below("4 of 5 ended"))
        terminal.send(TAB)
        terminal.wait_for(in_focus(4, DYING, "failed"))
        terminal.wait_for("has stopped")
        terminal.send(TAB)
        terminal.wait_for("Get it with")
        terminal.send(SHIFT_TAB + SHIFT_TAB + SHIFT_TAB + SHIFT_TAB)
        terminal.wait_for(in_focus(1, STEADY, "done"))

        terminal.send(PICK)
        terminal.wait_for(below("ready"))
        terminal.wait_for("The chat goes on")
        table.more.set()
        terminal.send(F4)
        terminal.wait_for(below("5 of 5 ended"))
        terminal.send(TAB)
        terminal.wait_for(says("It seems to scatter."))
        terminal.wait_for(" 1* " if size[0] < 60 else in_focus(1, STEADY, "picked"))
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_prompt_in_the_chat_waits_until_an_answer_is_picked(tmp_path: Path) -> None:
    with comparing((80, 24), tmp_path) as (terminal, _):
        terminal.send(f"/compare {STEADY} {SLOW}" + ENTER)
        terminal.wait_for(lambda screen: screen[-1] == "> Write the prompt for 2 answers")
        terminal.send(ASKED + ENTER)
        terminal.wait_for(in_focus(1, STEADY, "done"))
        terminal.send("And now?" + ENTER)
        terminal.wait_for("An answer is to be picked first")
        assert terminal.display()[-1] == "> And now?"
        terminal.send("\x15")
        terminal.wait_for(lambda screen: "picked first" not in " ".join(screen))
        terminal.send(F4)
        terminal.wait_for(below("F4 answers"))
        terminal.send(F4)
        terminal.wait_for(below("1 of 2 ended", "Alt-A picks"))
        terminal.send("/compare drop" + ENTER)
        terminal.wait_for(below("ready"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_how_two_answers_differ_is_seen(size: tuple[int, int], tmp_path: Path) -> None:
    with comparing(size, tmp_path) as (terminal, table):
        table.more.set()
        terminal.send(f"/compare {SLOW} {STEADY} -- {ASKED}" + ENTER)
        terminal.wait_for(below("2 of 2 ended"))
        terminal.send(DIFFERENCES)
        terminal.wait_for(says(f"[-1 {SLOW}-]", "[-It seems to scatter.-]", "{+Reason 1.+}"))
        terminal.send(END)
        terminal.wait_for("{+Reason 40.+}")
        terminal.send(ESC)
        terminal.wait_for(in_focus(1, SLOW, "done"))
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_judge_sees_no_names_and_what_it_is_asked_can_be_changed(tmp_path: Path) -> None:
    with comparing((100, 30), tmp_path) as (terminal, table):
        table.more.set()
        terminal.send(f"/compare {SLOW} {STEADY} -- {ASKED}" + ENTER)
        terminal.wait_for(below("2 of 2 ended"))
        terminal.send(JUDGE)
        terminal.wait_for(lambda screen: screen[0].startswith("Judge:"))
        terminal.send("dying" + ENTER)
        terminal.wait_for(below(f"for {DYING} to judge"))
        terminal.send(" Be strict.")
        terminal.wait_for(says("Be strict."))
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: screen[-1] == "> Write here")
        terminal.send(ALT + "1")
        terminal.wait_for(below(f"for {DYING} to judge"))
        terminal.send(ENTER)
        terminal.wait_for(in_focus(3, f"judge: {DYING}", "done"))
        terminal.wait_for(lambda screen: re.search(r"Best: B \((slow:8b|steady:1b)\)", " ".join(screen)) is not None)
        (asked,) = table.asked
        assert asked.endswith(" Be strict.")
        assert not any(name in asked for name in (SLOW, STEADY))
        terminal.send(CTRL_D)
        quits(terminal)


def test_answers_can_be_merged_and_asked_again(tmp_path: Path) -> None:
    with comparing((100, 30), tmp_path) as (terminal, table):
        table.more.set()
        terminal.send(f"/compare {SLOW} {STEADY} -- {ASKED}" + ENTER)
        terminal.wait_for(below("2 of 2 ended"))
        terminal.send(AGAIN)
        terminal.wait_for(in_focus(1, SLOW, "done 2/2"))
        terminal.wait_for(in_focus(2, STEADY, "done 2/2"))
        terminal.send(ALT + "p")
        terminal.wait_for(in_focus(1, SLOW, "done 1/2"))
        terminal.wait_for(in_focus(2, STEADY, "done 2/2"))
        terminal.send(MERGE)
        terminal.wait_for(lambda screen: screen[0].startswith("Merge:"))
        terminal.send("endless" + ENTER)
        terminal.wait_for(below(f"for {ENDLESS} to merge"))
        terminal.send(ENTER)
        terminal.wait_for(in_focus(3, f"merged by {ENDLESS}", "done"))
        terminal.send(PICK)
        terminal.wait_for(below("ready"))
        terminal.wait_for(says(f"> {ASKED}", "Both in one."))
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_was_compared_is_there_again_after_a_restart(tmp_path: Path) -> None:
    with comparing((100, 30), tmp_path) as (terminal, _):
        terminal.send(f"/compare {STEADY} {ENDLESS} -- {ASKED}" + ENTER)
        terminal.wait_for(in_focus(1, STEADY, "done"))
        terminal.wait_for("On and on")
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait_exit()
    with comparing((100, 30), tmp_path, "--continue") as (terminal, _):
        terminal.wait_for(in_focus(1, STEADY, "done"))
        terminal.wait_for(says("Reason 40.", "interrupted"))
        terminal.send(PICK)
        terminal.wait_for(says("Reason 40.", "The chat goes on"))
        terminal.send(CTRL_D)
        quits(terminal)


def test_long_answers_that_fell_asleep_are_told_again_when_they_are_gone_back_to(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with comparing((100, 30), tmp_path, "--trace", str(trace)) as (terminal, _):
        terminal.send(f"/compare {STEADY} {DYING} -- {LONG}" + ENTER)
        terminal.wait_for(below("2 of 2 ended"))
        terminal.send(PICK)
        terminal.wait_for(says("The chat goes on"))
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: screen[0].endswith("2 new"))
        terminal.send("Italy?" + ENTER)
        terminal.wait_for("Both in one.")
        terminal.wait_for(lambda _: '"type":"ConversationSlept"' in trace.read_text())
        terminal.send(ALT + "1")
        terminal.wait_for(says("steady:1b 999"))
        terminal.send(F4)
        terminal.wait_for(says("steady:1b 999", "dying:3b 999"))
        terminal.send(CTRL_D)
        quits(terminal)


def some_see(*models: str) -> dict[str, Answer]:
    """What a server says to the GET requests that ask for models: these of all see images."""
    every = [
        {**one, "capabilities": ["completion", *(["vision"] if name in models else [])]}
        for name in MODELS
        for one in [{"name": name, "model": name, "size": 1, "details": {}}]
    ]
    return {"/api/tags": status(200, {"models": every}), "/api/ps": status(200, {"models": []})}


def everything_sent(server: ReplayServer) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Who was sent what, and with which images, in the order of the models."""
    bodies = [json.loads(one.body) for one in server.chats]
    said = [(body["model"], [(one["content"], one.get("images", [])) for one in body["messages"]]) for body in bodies]
    return sorted(said)


@SIZES
def test_an_image_goes_to_all_that_see_and_stays_when_one_is_picked(size: tuple[int, int], tmp_path: Path) -> None:
    picture = png(640, 480)
    (tmp_path / "sky.png").write_bytes(picture)
    look, answers = (f"{ASKED} @~/sky.png", [b64encode(picture).decode()]), Table()
    with (
        nothing_left(),
        ReplayServer(answers.answer, gets=some_see(STEADY, DYING)) as server,
        Terminal([*CHINWAG, "--model", STEADY], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send(f"/compare {STEADY} {DYING} {SLOW}" + ENTER)
        terminal.wait_for(says("The next prompt goes to 3"))
        terminal.send(look[0] + ENTER)
        terminal.wait_for(below("3 of 3 ended"))
        terminal.send(SHIFT_TAB)
        terminal.wait_for(says("cannot see images"))
        terminal.send(TAB)
        terminal.wait_for(in_focus(1, STEADY, "done"))
        assert everything_sent(server) == [(DYING, [look]), (STEADY, [look])]
        terminal.send(PICK)
        terminal.wait_for(says("The chat goes on from the answer"))
        terminal.send("And at night?" + ENTER)
        terminal.wait_for(lambda screen: len(server.chats) == 3 and says("And at night?")(screen))
        terminal.wait_for(below("ready"))
        terminal.send(CTRL_D)
        quits(terminal)
    assert everything_sent(server)[-1] == (STEADY, [look, ("Both in one.", []), ("And at night?", [])])

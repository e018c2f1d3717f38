"""`chinwag` in a real pseudo-terminal: what the first row says of each chat, and what a hidden one costs."""

import re
import threading
from collections.abc import Callable

from tests.support.answers import error_line, ndjson_chat, opening, thought
from tests.support.session import ALT, CTRL_D, CTRL_N, ENTER, ESC, chatting, quits
from tests.support.sizes import SIZES
from tests.support.wire import Hold, Wait


def strip(pattern: str) -> Callable[[list[str]], bool]:
    """Whether the first row reads so."""
    return lambda screen: re.fullmatch(pattern, screen[0]) is not None


@SIZES
def test_it_says_what_goes_on_in_each_chat(size: tuple[int, int]) -> None:
    loaded, thinks, answers, fails = (threading.Event() for _ in range(4))
    answer = (
        Wait(loaded),
        *opening([]),
        Wait(thinks),
        thought("Hm."),
        Wait(answers),
        *ndjson_chat(["Paris."])[1:2],
        Wait(fails),
        *error_line("no more")[1:],
    )
    with chatting(answer, columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("France?" + ENTER)
        server.request_received()
        terminal.send(CTRL_N)
        terminal.wait_for(strip(r" 1 France\? loading  2 new"))
        loaded.set()
        thinks.set()
        terminal.wait_for(strip(r" 1 France\? thinking  2 new"))
        answers.set()
        terminal.wait_for(strip(r" 1 France\? answering  2 new"))
        fails.set()
        terminal.wait_for(strip(r" 1\* France\? failed  2 new"))
        terminal.send(ALT + "1")
        terminal.wait_for(strip(r" 1 France\? failed  2 new"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_prompt_that_waits_for_its_turn_or_its_server_is_said_to(size: tuple[int, int]) -> None:
    with chatting((*opening(["x"]), Hold()), columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("A" + ENTER)
        terminal.wait_for(lambda screen: "answering" in screen[-2])
        server.stop()
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: "  2 new" in screen[0])
        terminal.send("B" + ENTER)
        terminal.wait_for(lambda screen: "  2 B waits for server" in screen[0])
        terminal.send(ESC)
        terminal.wait_for(lambda screen: screen[0].endswith("  2 B"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_reply_that_streams_in_a_hidden_chat_draws_nothing(size: tuple[int, int]) -> None:
    more, end = threading.Event(), threading.Event()
    hidden = (*opening(["One."]), Wait(more), *opening(["secret "] * 2_000)[1:], Wait(end), *ndjson_chat([])[1:])
    with chatting(hidden, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("A" + ENTER)
        terminal.wait_for("One.")
        terminal.send(CTRL_N)
        terminal.wait_for(strip(r" 1 A answering  2 new"))
        terminal.send("x")
        terminal.wait_for(lambda screen: screen[-1] == "> x")
        drawn = len(terminal.raw)
        more.set()
        end.set()
        terminal.wait_for(strip(r" 1\* A  2 new"))
        assert b"secret" not in terminal.raw
        assert len(terminal.raw) - drawn < 1_000
        terminal.send(ALT + "1")
        terminal.wait_for("secret")
        terminal.send(ALT + "2\x15")
        terminal.wait_for(lambda screen: screen[-1] == "> Write here")
        terminal.send(CTRL_D)
        quits(terminal)

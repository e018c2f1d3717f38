"""`chinwag` in a real pseudo-terminal: a long chat that is left is on disk only, and there again when it is wanted."""

import json
from pathlib import Path

from tests.support.answers import ndjson_chat
from tests.support.session import ALT, CTRL_D, CTRL_N, ENTER, chatting, quits
from tests.support.sizes import SIZES

LONG = ndjson_chat([f"word{number} " * 100 for number in range(400)])
"""More than 256 KB."""
LAST = "word399"


def lines_of(trace: Path, kind: str) -> int:
    """How many messages of a kind are in a trace."""
    return trace.read_text().count(f'"type":"{kind}"')


@SIZES
def test_a_long_chat_is_read_again_when_it_is_gone_back_to(size: tuple[int, int], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script, arguments = (LONG, ndjson_chat(["Rome."]), ndjson_chat(["Madrid."])), ("--trace", str(trace))
    with chatting(*script, columns=size[0], lines=size[1], arguments=arguments) as (terminal, server):
        terminal.send("France?" + ENTER)
        terminal.wait_for(LAST)
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: screen[0] == " 1 France?  2 new")
        terminal.send("Italy?" + ENTER)  # behind the question whether the other chat is on disk
        terminal.wait_for("Rome.")
        terminal.wait_for(lambda screen: "ready" in screen[-2])  # it is read to its end before it is left
        terminal.send(ALT + "1")
        terminal.wait_for(LAST)
        terminal.wait_for(lambda screen: screen[0] == " 1 France?  2 Italy?")
        terminal.send("And Spain?" + ENTER)
        terminal.wait_for("Madrid.")
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send(CTRL_D)
        quits(terminal)
    said = json.loads(server.requests[-1].body)["messages"]
    assert [message["content"][:8] for message in said] == ["France?", "word0 wo", "And Spai"]
    assert lines_of(trace, "ConversationRead") >= 1
    assert lines_of(trace, "ConversationSlept") >= 1

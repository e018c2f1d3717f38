"""What is set in a chat: on the screen of the program itself, line by line, and in the bytes that the server gets."""

import json
from pathlib import Path

import pytest

from tests.support.answers import ndjson_chat, status
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, MODEL, READY, chatting, quits
from tests.support.terminal import Terminal

SCHEMA = '{\n  "type": "object",\n  "required": ["capital"]\n}\n'
SENT = '"format":{"type":"object","required":["capital"]},"options":{"stop":["\\n"],"temperature":0.2},"keep_alive":-1}'
FITS, DOES_NOT = ndjson_chat(['{"capital": "Paris"}']), ndjson_chat(["Paris, of course."])
UNFIT = "The reply is not JSON: invalid character (byte 0)."
PRESETS = """\
[presets.coder]
system = "You write code."
options = { temperature = 0 }
think = false
"""


def body(server: ReplayServer, number: int) -> str:
    return server.chats[number].body.decode()


def asked(*prompts: str) -> str:
    """The beginning of a body, in which these prompts were all answered as FITS answers."""
    reply = r'{"role":"assistant","content":"{\"capital\": \"Paris\"}"}'
    said = f",{reply},".join(f'{{"role":"user","content":"{prompt}"}}' for prompt in prompts)
    return f'{{"model":"smollm2:135m","messages":[{said}],"stream":true'


def configure(home: Path, text: str) -> None:
    path = home / "config" / "chinwag" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_what_is_set_is_sent_byte_for_byte_and_set_still_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "reply.json").write_text(SCHEMA)
    with ReplayServer(FITS, models=MODEL) as server:
        with Terminal(CHINWAG, 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            terminal.wait_for("ready")
            terminal.send("/set parameter temperature 0.2" + ENTER)
            terminal.wait_for("temperature is 0.2 from the next prompt on.")
            terminal.send('/set stop "\\n"' + ENTER)
            terminal.wait_for('stop is "\\n" from the next prompt on.')
            terminal.send("/set keep_alive -1" + ENTER)
            terminal.wait_for("stays loaded for ever")
            terminal.send(f"/set format {tmp_path / 'reply.json'}" + ENTER)
            terminal.wait_for("Replies are JSON that fits the schema in")
            terminal.send("Capital?" + ENTER)
            terminal.wait_for('{"capital": "Paris"}')
            terminal.wait_for(lambda screen: 'stop "\\n", temp 0.2, schema, 1 more' in screen[-2])
            terminal.send(CTRL_D)
            quits(terminal)
        assert body(server, 0) == asked("Capital?") + "," + SENT
        with Terminal([*CHINWAG, "--continue"], 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            terminal.wait_for('stop "\\n", temp 0.2, schema, 1 more')
            terminal.send("And now?" + ENTER)
            terminal.wait_for("> And now?")
            terminal.wait_for(lambda screen: sum('{"capital": "Paris"}' in row for row in screen) == 2)
            terminal.send("/set -" + ENTER)
            terminal.wait_for("Nothing is set any more.")
            terminal.send("Then?" + ENTER)
            terminal.wait_for(lambda screen: sum('{"capital": "Paris"}' in row for row in screen) == 3)
            terminal.send(CTRL_D)
            quits(terminal)
        assert body(server, 1) == asked("Capital?", "And now?") + "," + SENT
        assert body(server, 2) == asked("Capital?", "And now?", "Then?") + "}"


def test_a_reply_that_does_not_fit_stays_and_is_marked_before_and_after_a_restart(tmp_path: Path) -> None:
    with ReplayServer(DOES_NOT, models=MODEL) as server:
        with Terminal(CHINWAG, 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            terminal.wait_for("ready")
            terminal.send("/set format json" + ENTER + "Capital?" + ENTER)
            screen = terminal.wait_for(UNFIT)
            assert "Paris, of course." in screen
            terminal.send(CTRL_D)
            quits(terminal)
        with Terminal([*CHINWAG, "--continue"], 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            screen = terminal.wait_for(UNFIT)
            assert "Paris, of course." in screen
            terminal.send(CTRL_D)
            quits(terminal)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])
def test_what_can_be_set_is_completed_and_refused_in_a_sentence(columns: int, lines: int) -> None:
    with chatting(FITS, columns=columns, lines=lines) as (terminal, server):
        terminal.send("/set tem\t0.3" + ENTER)
        terminal.wait_for("temperature is 0.3 from the next prompt")
        terminal.wait_for("temp 0.3")
        terminal.send("/set temperature hot" + ENTER)
        terminal.wait_for("not hot.")
        terminal.send("Hi" + ENTER)
        terminal.wait_for('{"capital": "Paris"}')
        assert body(server, 0) == asked("Hi") + ',"options":{"temperature":0.3}}'
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_preset_is_used_by_its_name_line_by_line_too(tmp_path: Path) -> None:
    configure(tmp_path, PRESETS)
    with ReplayServer(FITS, models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        ran = run("--plain", env=env, stdin="/preset cod\n/preset coder\n/show parameters\nHi\n")
        assert ran.status == 0
        said = '"messages":[{"role":"system","content":"You write code."},{"role":"user","content":"Hi"}]'
        end = '"options":{"temperature":0},"think":false}'
        assert body(server, 0) == f'{{"model":"smollm2:135m",{said},"stream":true,{end}'
    assert "chinwag: There is no preset cod. Did you mean coder? /preset lists them." in ran.out + ran.err
    assert "  temperature       0" in ran.out + ran.err


@pytest.mark.parametrize("arguments", [(), ("--plain",)])
def test_a_mistake_in_a_preset_is_named_with_its_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    configure(tmp_path, PRESETS.replace("temperature = 0", "temperature = 11"))
    with (
        ReplayServer(FITS, models=MODEL) as server,
        Terminal([*CHINWAG, *arguments], 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        assert terminal.wait_exit() == 2
        terminal.wait_for("line 3: presets.coder.options.temperature: temperature takes")


def test_a_load_anew_is_said_as_it_is_set_and_before_it_happens() -> None:
    running = status(200, {"models": [{"name": MODEL[0], "size": 1, "context_length": 4096}]})
    with (
        ReplayServer(FITS, models=MODEL, gets={"/api/ps": running}) as server,
        Terminal(CHINWAG, 80, 24, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for(READY)
        terminal.send("/set num_ctx 8192" + ENTER)
        terminal.wait_for("The server then loads")
        terminal.send("Hi" + ENTER)
        terminal.wait_for("The server loads smollm2:135m anew for this prompt: num_ctx changed.")
        terminal.wait_for('{"capital": "Paris"}')
        assert body(server, 0) == asked("Hi") + ',"options":{"num_ctx":8192}}'
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_is_set_reaches_no_terminal_as_a_command() -> None:
    with chatting(FITS) as (terminal, server):
        terminal.send('/set stop "\\u001b]0;owned\\u0007" "\\u009b7m" "\\u202e"' + ENTER)
        terminal.wait_for("from the next prompt on.")
        terminal.send("/show parameters" + ENTER)
        terminal.wait_for("Sent along")
        terminal.send("Hi" + ENTER)
        terminal.wait_for('{"capital": "Paris"}')
        assert json.loads(server.chats[0].body)["options"] == {"stop": ["\x1b]0;owned\x07", "\x9b7m", "\u202e"]}
        assert not any(hostile in terminal.raw for hostile in (b"\x1b]0;owned", "\x9b7m".encode(), "\u202e".encode()))
        terminal.send(CTRL_D)
        quits(terminal)

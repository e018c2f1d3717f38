"""`chinwag compare`: the answers of many to the same prompts, and how long they took."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.support.answers import cut_off, endless, ndjson_chat, status
from tests.support.journal import Request
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer

MODELS = ("small", "large", "broken")


def answer(request: Request) -> Answer:
    """Say who answers what; one model breaks off in the middle, one is not there."""
    body = json.loads(request.body)
    said = f"<{body['messages'][-1]['content']}>"
    match body["model"]:
        case "broken":
            return cut_off(["half"])
        case "slow":
            return endless()
        case model:
            return ndjson_chat([f"{model} {body.get('options', '')}", said])


def compare(home: Path, *arguments: str, stdin: str | None = None, config: str = "") -> Ran:
    with ReplayServer(answer, models=MODELS) as server:
        more: tuple[str, ...] = ()
        if config:
            (home / "config.toml").write_text(config.replace("HOST", server.host))
            more = ("--config", str(home / "config.toml"))
        env = environment(home, **({} if config else {"OLLAMA_HOST": server.host}))
        return run("compare", *arguments, *more, env=env, stdin=stdin)


def events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_the_answers_come_one_after_the_other_with_a_table_at_the_end(tmp_path: Path) -> None:
    code, out, err = compare(tmp_path, "Why?", "-m", "small", "-m", "large")
    assert (code, err) == (0, "")
    assert out.startswith("# small\n\nsmall <Why?>\n\n# large\n\nlarge <Why?>\n\n")
    assert out.splitlines()[-3].split() == ["answers", "failed", "first", "token", "tokens/s", "tokens", "seconds"]
    assert [line.split()[:3] for line in out.splitlines()[-2:]] == [["small", "1", "0"], ["large", "1", "0"]]


def test_the_failure_of_one_touches_no_other_and_is_status_1(tmp_path: Path) -> None:
    code, out, err = compare(tmp_path, "Why?", "-m", "broken", "-m", "small")
    assert code == 1
    assert out.startswith("# broken\n\nhalf\n\n# small\n\nsmall <Why?>\n")
    assert err.startswith("chinwag: broken: The connection to ")


def test_where_nothing_can_be_kept_that_is_said_and_the_answers_come(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = "--keep", "--data-dir", str(tmp_path / "file" / "chats")
    code, out, err = compare(tmp_path, "Why?", "-m", "small", *kept)
    assert (code, out.partition("\n\n      ")[0]) == (0, "# small\n\nsmall <Why?>")
    assert err.startswith(f"chinwag: {tmp_path / 'file' / 'chats' / 'chinwag.db'} cannot be used (Not a directory).")


def test_each_line_of_a_file_goes_to_all(tmp_path: Path) -> None:
    code, out, _ = compare(tmp_path, "-m", "small", "--seeds", "2", "--prompts", "-", stdin="one\n\ntwo\n")
    answers = [
        f"# {line}: small seed {seed}\n\nsmall {{'seed': {seed}}}<{text}>\n"
        for line, text in ((1, "one"), (3, "two"))
        for seed in (1, 2)
    ]
    assert code == 0
    assert out.startswith("\n".join(answers))
    (first, second) = out.splitlines()[-2:]
    assert (first.split()[:5], second.split()[:5]) == (
        ["small", "seed", "1", "2", "0"],
        ["small", "seed", "2", "2", "0"],
    )


def test_events_are_one_a_line_and_say_whose_they_are(tmp_path: Path) -> None:
    lines = '{"prompt": "one", "id": "x"}\n{"prompt": ""}\n'
    code, out, _ = compare(tmp_path, "-m", "small", "-m", "large", "--json", "--prompts", "-", stdin=lines)
    told = events(out)
    assert code == 1
    assert told[:2] == [
        {
            "type": "contestant",
            "version": 1,
            "contestant": number,
            "label": model,
            "model": model,
            "server": "",
            "preset": "",
            "seed": None,
        }
        for number, model in ((1, "small"), (2, "large"))
    ]
    mine = [event for event in told if event.get("contestant") == 2 and event.get("id") == "x"]
    start, *texts, end = mine
    assert [event["type"] for event in mine] == ["start", *("text" for _ in texts), "end"]
    assert (start["model"], "".join(event["text"] for event in texts)) == ("large", "large <one>")
    assert 0 < end["first_token"] <= end["seconds"]
    assert [event["message"] for event in told if event["type"] == "error"] == ["There is no prompt in this line."] * 2
    medians = [event for event in told if event["type"] == "median"]
    assert [(one["contestant"], one["answers"], one["failed"]) for one in medians] == [(1, 1, 1), (2, 1, 1)]
    assert medians[0]["tokens"] == 5


def test_servers_and_presets_are_those_of_the_configuration(tmp_path: Path) -> None:
    config = (
        '[servers.mill]\nurl = "http://HOST"\n[servers.barn]\nurl = "http://HOST"\n'
        '[presets.cool]\nmodel = "large"\noptions = { temperature = 0.5 }\n'
    )
    code, out, err = compare(tmp_path, "?", "--preset", "cool", "--server", "mill", "--server", "barn", config=config)
    assert (code, err) == (0, "")
    said = "large {'temperature': 0.5}<?>\n"
    assert out.startswith(f"# cool on mill\n\n{said}\n# cool on barn\n\n{said}")


def test_who_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    ran = compare(tmp_path, "?", "-m", "small", "--server", "mill")
    assert ran == Ran(2, "", "chinwag: There is no server 'mill'. There are: default.\n")
    ran = compare(tmp_path, "?", "--preset", "cool")
    assert ran == Ran(2, "", "chinwag: There is no preset 'cool'. The configuration has none.\n")


def test_wrong_usage_is_said_in_words_of_compare(tmp_path: Path) -> None:
    config = '[servers.mill]\nurl = "http://HOST"\n[presets.cool]\nsystem = "Cool."\n'
    assert compare(tmp_path, "-m", "small") == Ran(
        2,
        "",
        'chinwag: There is no prompt. Give one: chinwag compare -m NAME "Why is the sky blue?", or pipe one in.\n',
    )
    assert compare(tmp_path, "-m", "small", "--prompts", str(tmp_path)) == Ran(
        2, "", f"chinwag: {tmp_path} cannot be read: Is a directory. Name another file.\n"
    )
    assert compare(tmp_path, "?", "--preset", "cool", config=config) == Ran(
        2, "", "chinwag: The preset 'cool' names no model. Name one with -m.\n"
    )
    code, _, err = compare(tmp_path, "?", "-m", "small", "--server", "pool", config=config)
    assert (code, err.split(". ")[0]) == (2, "chinwag: There is no server 'pool'")
    assert "makes a pool of servers" in err


def test_what_is_kept_is_gone_on_with_in_a_chat(tmp_path: Path) -> None:
    with ReplayServer(answer, models=MODELS) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        code, out, _ = run("compare", "Why?", "-m", "small", "-m", "broken", "--keep", env=env)
        shown = run("chats", "show", "Why", env=env)
        plain = ("--plain", "-m", "small", "--continue")
        told = run(*plain, env=env, stdin="/compare pick 1\nThen?\n")
        kept = run("chats", "show", "Why", env=env)
    assert (code, "small <Why?>" in out) == (1, True)
    assert (shown.status, shown.err) == (0, "")
    answers = "## Answer 1: small\n\nsmall <Why?>\n\n## Answer 2: broken\n\nhalf\n\n*(failed: "
    assert shown.out.startswith(f"# Why?\n\n## You, to 2\n\nWhy?\n\n{answers}")
    assert told.out.splitlines()[-1] == "small <Then?>"
    assert kept.out.startswith("# Why?\n\n## You\n\nWhy?\n\n## small (1/2)\n\nsmall <Why?>\n\n## You\n\nThen?\n")


def test_a_model_that_is_not_there_is_said_in_its_place(tmp_path: Path) -> None:
    with ReplayServer(status(404, {"error": "model 'none' not found"}), models=MODELS) as server:
        code, _, err = run("compare", "?", "-m", "none", env=environment(tmp_path, OLLAMA_HOST=server.host))
    assert code == 1
    assert err.startswith("chinwag: none: ")
    assert "not found" in err


def test_an_interrupt_prints_what_came_and_the_table(tmp_path: Path) -> None:
    with ReplayServer(answer, models=MODELS) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        command = [*CHINWAG, "compare", "?", "-m", "small", "-m", "slow", "--json"]
        with subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or '"end"' not in lines[-1]:
                lines.append(process.stdout.readline())
                assert lines[-1]
            os.kill(process.pid, signal.SIGINT)
            lines += process.stdout  # `communicate` would pass over what was read ahead
    assert process.returncode == 130
    medians = [event for event in events("".join(lines)) if event["type"] == "median"]
    assert [(one["answers"], one["failed"]) for one in medians] == [(1, 0), (0, 1)]

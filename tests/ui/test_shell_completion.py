"""The scripts at work in real shells; one that is not installed is skipped."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.shelf import write_archive
from tests.support.ports import refusing_port
from tests.support.program import ROOT, environment, run
from tests.support.records import SEA
from tests.support.replay_server import ReplayServer
from tests.support.terminal import Terminal
from ui.shell_completion import script

MODELS = ("gemma3:270m", "smollm2:135m", "smollm2-think:135m")
BASH = """
source {script}
COMP_LINE=$1 COMP_POINT=${{#1}}
_chinwag 2>&1
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where `chinwag` is this one, with a server and a chat."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "chinwag"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m ui.launch "$@"\n')
    program.chmod(0o755)
    archive = write_archive(tmp_path / "data" / "chinwag")
    archive.keep_records([SEA])
    archive.close()
    with ReplayServer(models=MODELS) as server:
        found = environment(tmp_path, OLLAMA_HOST=server.host)
        yield {**found, "PATH": f"{program.parent}:{found['PATH']}"}


CASES = [
    ("chinwag ", {"ask", "compare", "chats", "models", "config", "doctor", "completion", "replay"}),
    ("chinwag a", {"ask"}),
    ("chinwag ask --mo", {"--model"}),
    ("chinwag ask --model ", set(MODELS)),
    ("chinwag compare -m ", set(MODELS)),
    ("chinwag --theme d", {"dark"}),
    ("chinwag --model ask ch", {"chats"}),
    ("chinwag chats ex", {"export"}),
    ("chinwag models l", {"list"}),
    ("chinwag models show ", set(MODELS)),
    ("chinwag models pull gem", {"gemma3:270m"}),
    ("chinwag models cp ", set(MODELS)),
    ("chinwag completion ", {"bash", "zsh", "fish"}),
    ("chinwag ask --im", {"--image"}),
    ("chinwag ask --system ", set[str]()),
]


def bash(line: str, folder: Path, env: dict[str, str]) -> list[str]:
    """What bash offers for a line, unquoted."""
    (folder / "script").write_text(script("bash"))
    command = ["bash", "--norc", "-c", BASH.format(script=folder / "script"), "bash", line]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)
    return [word.replace("\\", "") for word in done.stdout.splitlines() if word]


OF_BASH = [("chinwag ask --model smollm2:1", {"135m"}), ("chinwag --theme=h", {"high-contrast"})]
"""It takes what stands before a colon or an equals sign for a word of its own."""


@needs("bash")
@pytest.mark.parametrize(("line", "offered"), [*CASES, *OF_BASH])
def test_bash_offers_what_may_come_next(tmp_path: Path, env: dict[str, str], line: str, offered: set[str]) -> None:
    assert set(bash(line, tmp_path, env)) == offered


@needs("bash")
def test_bash_offers_files_and_chats(tmp_path: Path, env: dict[str, str]) -> None:
    for command in ("replay", "ask --image", "ask Look --file"):
        assert bash(f"chinwag {command} {tmp_path}/sc", tmp_path, env) == [f"{tmp_path}/script"]
    assert bash("chinwag chats show ", tmp_path, env) == [SEA.title]


@needs("fish")
@pytest.mark.parametrize(("line", "offered"), CASES)
def test_fish_offers_what_may_come_next(tmp_path: Path, env: dict[str, str], line: str, offered: set[str]) -> None:
    (tmp_path / "script").write_text(script("fish"))
    code = f"source {tmp_path / 'script'}; complete -C '{line}'"
    done = subprocess.run(["fish", "--no-config", "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == offered
    assert done.stderr == ""


@needs("zsh")
def test_zsh_offers_what_may_come_next(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "script").write_text(script("zsh"))
    with Terminal(["zsh", "-f", "-i"], home=tmp_path, env=env) as shell:
        begin = f"PS1='$ '; autoload -Uz compinit; compinit -u -D; source {tmp_path}/script"
        shell.send(f"{begin}; clear; echo re''ady\r")
        shell.wait_for("ready")
        shell.send("chinwag ask --mo\t")
        shell.wait_for("chinwag ask --model")
        shell.send("\x15chinwag ask --model gem\t")
        shell.wait_for("--model gemma3:270m")
        shell.send("\x15chinwag --theme hi\t")
        shell.wait_for("--theme high-contrast")
        shell.send("\x15chinwag \t\t")
        shell.wait_for("look for what is wrong")


@pytest.mark.parametrize("words", ["models", "chats"])
def test_where_nobody_answers_there_are_no_words_and_no_complaint(tmp_path: Path, words: str) -> None:
    with refusing_port() as port:
        env = environment(tmp_path, OLLAMA_HOST=f"127.0.0.1:{port}", CHINWAG_CONFIG="/no/such", CHINWAG_PLAIN="1")
        assert run("completion", words, env=env) == (0, "", "")


def test_the_scripts_are_printed(tmp_path: Path) -> None:
    assert ROOT.is_dir()
    for shell in ("bash", "zsh", "fish"):
        assert run("completion", shell, env=environment(tmp_path)) == (0, script(shell), "")

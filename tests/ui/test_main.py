import subprocess
import sys
from pathlib import Path

import pytest

from actors.shelf import write_archive
from tests.support.program import ROOT, environment
from tests.support.records import SEA
from tests.support.replay_server import ReplayServer
from tests.support.session import MODEL

LEAVES_A_THREAD = """
import threading
from ui.main import leave

threading.Thread(target=threading.Event().wait).start()
print("said")
leave(3, threads_left=True)
"""


def test_threads_that_nobody_can_end_do_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES_A_THREAD], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said\n", "")


SAYS_WHAT_IT_BROUGHT = """
import sys
from ui.main import main

status = main(sys.argv[1:])
heavy = {"asyncio", "pykka", "requests", "urllib3", "urwid", "actors.system"}
print(status, sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", ["list", "search deep", "show das", "export --all --json", "import doc", "delete das", "delete --undo"]
)
def test_to_work_with_what_was_kept_brings_neither_engine_nor_screen(tmp_path: Path, arguments: str) -> None:
    archive = write_archive(tmp_path / "kept")
    archive.keep_records([SEA])
    if arguments == "delete --undo":
        archive.delete(SEA.id, 1.0)
    archive.close()
    (tmp_path / "doc").write_text('{"format": "chinwag-chats", "version": 1, "conversations": []}')
    command = [sys.executable, "-c", SAYS_WHAT_IT_BROUGHT, "chats", *arguments.split()]
    env = environment(tmp_path, CHINWAG_DATA_DIR=str(tmp_path / "kept"))
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=30)
    assert done.stderr == "0 []\n"


def test_a_complaint_quotes_a_hostile_document_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    one = '{"id": "\\u001b[31m", "title": "", "model": null, "system": "", "created": 0, "updated": 0, "head": null}'
    document = f'{{"format": "chinwag-chats", "version": 1, "conversations": [{one}, {one}]}}'
    command = [sys.executable, "-m", "ui.launch", "chats", "import", "-"]
    env = environment(tmp_path, CHINWAG_DATA_DIR=str(tmp_path / "kept"))
    done = subprocess.run(command, cwd=ROOT, env=env, input=document, capture_output=True, text=True, timeout=30)
    said = "chinwag: This is not what chinwag chats export --json writes: two of it are the chat \u241b[31m."
    assert (done.returncode, done.stderr) == (2, f"{said} Nothing was imported.\n")


SAYS_WHAT_DRAWS = """
import sys
from ui.main import main

status = main(sys.argv[1:])
drawing = {"urwid", "markdown_it", "pygments", "ui.app", "ui.face", "ui.terminal"}
print(status, sorted(drawing & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [[], ["--plain"]])
def test_the_plain_chat_brings_nothing_that_draws(tmp_path: Path, arguments: list[str]) -> None:
    with ReplayServer(models=MODEL) as server:
        command = [sys.executable, "-c", SAYS_WHAT_DRAWS, *arguments]
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        done = subprocess.run(command, cwd=tmp_path, env=env, input="?\n", capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("you: ?\nsmollm2:135m:\nThe capital of France is Paris.\n", "0 []\n")


KEYS_AND_MORE = 'system = "Be brief."\n[keys]\nretry = "f5"\n[limits]\nstreams = 2\n'


@pytest.mark.parametrize("arguments", [["ask", "?"], ["ask", "?", "--json", "--no-stream"], ["ask", "--prompts", "-"]])
def test_to_ask_brings_nothing_that_draws_whatever_is_configured(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "c.toml").write_text(KEYS_AND_MORE)
    with ReplayServer(models=MODEL) as server:
        command = [sys.executable, "-c", SAYS_WHAT_DRAWS, *arguments]
        env = environment(tmp_path, OLLAMA_HOST=server.host, CHINWAG_CONFIG=str(tmp_path / "c.toml"))
        done = subprocess.run(command, cwd=tmp_path, env=env, input="?\n", capture_output=True, text=True, timeout=30)
    assert done.stderr == "0 []\n"
    assert "The capital of France is Paris." in done.stdout


@pytest.mark.parametrize("arguments", ["config path", "config show", "completion bash", "completion chats"])
def test_what_needs_no_engine_brings_none(tmp_path: Path, arguments: str) -> None:
    command = [sys.executable, "-c", SAYS_WHAT_IT_BROUGHT, *arguments.split()]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert done.stderr == "0 []\n"


def test_without_a_file_nothing_that_reads_one_is_brought(tmp_path: Path) -> None:
    code = SAYS_WHAT_IT_BROUGHT.replace('"asyncio", ', '"tomllib", "ui.configured_keys", "ui.preset_reader", ')
    command = [sys.executable, "-c", code, "config", "show"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert done.stderr == "0 []\n"

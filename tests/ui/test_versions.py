import re
import tomllib
from pathlib import Path

from tests.support.program import ROOT, environment, run
from ui.exit_status import EXIT_STATUSES
from ui.versions import parts, versions


def test_every_part_that_is_needed_is_named_with_its_version() -> None:
    lines = versions("1.2").splitlines()
    assert lines[0] == "chinwag 1.2"
    assert [line.split()[0] for line in lines[1:]] == ["Python", "SQLite", *parts()]
    assert all(re.fullmatch(r"\S+ (\d+\.\S+|not installed)", line) for line in lines)
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[^\w-]", one)[0].lower() for one in needed} == {part.lower() for part in parts()}


def test_version_and_help_are_printed(tmp_path: Path) -> None:
    status, out, err = run("--version", env=environment(tmp_path))
    assert (status, err, out.splitlines()[0].split()[0]) == (0, "", "chinwag")
    status, out, err = run("--help", env=environment(tmp_path))
    assert (status, err) == (0, "")
    assert all(f"  {number:<4} {meaning}\n" in out for number, meaning in EXIT_STATUSES)

import stat
from pathlib import Path

import pytest

from actors.pull_memory import PullMemory
from protocol.store import KeptPull

TINY, HUGE = KeptPull("here", "tiny"), KeptPull("there", "hub/huge:70b", insecure=True)


def test_a_later_run_finds_what_is_not_finished(tmp_path: Path) -> None:
    file = tmp_path / "state" / "pulls"
    memory = PullMemory(file)
    assert memory.load() == ()
    memory.keep(TINY)
    memory.keep(HUGE)
    memory.keep(TINY)
    assert PullMemory(file).load() == (TINY, HUGE)
    memory.forget(TINY)
    assert PullMemory(file).load() == (HUGE,)


def test_where_nothing_is_unfinished_there_is_no_file(tmp_path: Path) -> None:
    memory = PullMemory(tmp_path / "pulls")
    memory.keep(TINY)
    memory.forget(TINY)
    memory.forget(HUGE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '[{"server":"a\\u001b","name":"b"}]', "[" * 100_000])
def test_a_file_that_makes_no_sense_holds_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pulls"
    file.write_text(text)
    memory = PullMemory(file)
    assert memory.load() == ()
    memory.keep(TINY)
    assert memory.load() == (TINY,)


def test_a_disk_that_refuses_stops_no_pull(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, no folder")
    memory = PullMemory(tmp_path / "state" / "pulls")
    memory.keep(TINY)
    memory.forget(TINY)
    assert memory.load() == ()
    assert stat.S_ISREG((tmp_path / "state").stat().st_mode)


def test_without_a_file_nothing_is_kept() -> None:
    memory = PullMemory(None)
    memory.keep(TINY)
    assert memory.load() == ()

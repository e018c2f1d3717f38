import fcntl
import os
import threading
from pathlib import Path

from actors.ownership import Ownership
from tests.support.addresses import PATIENCE
from tests.support.leaks import nothing_left


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_whoever_holds_its_lock_is_alive_to_itself_and_to_others(tmp_path: Path) -> None:
    with nothing_left():
        one, two = Ownership(tmp_path, "one"), Ownership(tmp_path, "two")
        assert [one.is_alive("one"), one.is_alive("two"), two.is_alive("one")] == [True, True, True]
        one.release()
        assert [two.is_alive("one"), two.is_alive("two")] == [False, True]
        two.release()
    assert names(tmp_path) == []


def test_who_never_was_is_not_alive(tmp_path: Path) -> None:
    one = Ownership(tmp_path, "one")
    assert one.is_alive("nobody") is False
    assert names(tmp_path) == ["one"]
    one.release()


def test_the_file_of_a_dead_process_is_removed_when_somebody_asks(tmp_path: Path) -> None:
    one = Ownership(tmp_path, "one")
    (tmp_path / "dead").touch()
    assert one.is_alive("dead") is False
    assert names(tmp_path) == ["one"]
    one.release()


def test_a_sweep_removes_the_files_of_all_the_dead_and_of_no_one_else(tmp_path: Path) -> None:
    with nothing_left():
        one, two = Ownership(tmp_path, "one"), Ownership(tmp_path, "two")
        (tmp_path / "dead").touch()
        (tmp_path / "long dead").touch()
        one.sweep()
        assert names(tmp_path) == ["one", "two"]
        assert [one.is_alive("two"), two.is_alive("one")] == [True, True]
        one.release()
        two.release()


def test_a_file_that_was_taken_for_that_of_a_dead_process_is_made_anew(tmp_path: Path) -> None:
    path, begun = tmp_path / "one", list[Ownership]()
    sweeper = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(sweeper, fcntl.LOCK_EX)
    starting = threading.Thread(target=lambda: begun.append(Ownership(tmp_path, "one")))
    starting.start()
    path.unlink()
    os.close(sweeper)
    starting.join(PATIENCE)
    (one,) = begun
    assert (names(tmp_path), one.is_alive("one")) == (["one"], True)
    one.release()
    assert names(tmp_path) == []


def test_the_lock_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "running"
    one = Ownership(folder, "one")
    assert (folder.stat().st_mode & 0o777, (folder / "one").stat().st_mode & 0o777) == (0o700, 0o600)
    one.release()

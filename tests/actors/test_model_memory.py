import threading
from pathlib import Path

import pytest

from actors.model_memory import FileModelMemory
from tests.support.addresses import PATIENCE


def test_a_name_is_remembered_across_runs(tmp_path: Path) -> None:
    file = tmp_path / "state" / "chinwag" / "model"
    FileModelMemory(file).save("tiny:1b")
    assert FileModelMemory(file).load() == "tiny:1b"
    FileModelMemory(file).save("huge:70b")
    assert FileModelMemory(file).load() == "huge:70b"
    assert [each.name for each in file.parent.iterdir()] == ["model"]


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    assert FileModelMemory(tmp_path / "model").load() is None


def test_without_a_file_nothing_is_remembered() -> None:
    memory = FileModelMemory(None)
    memory.save("tiny:1b")
    assert memory.load() is None


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\n", b"\xff\xfe\x00", b"tiny\x1b[2J", b"two\nlines", b"\x00" * 10],
    ids=["empty", "blank", "not UTF-8", "control characters", "two lines", "zeroes"],
)
def test_a_file_that_holds_no_name_counts_as_none(tmp_path: Path, garbage: bytes) -> None:
    file = tmp_path / "model"
    file.write_bytes(garbage)
    assert FileModelMemory(file).load() is None


def test_a_huge_file_yields_no_huge_name(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_text("x" * 100_000)
    assert FileModelMemory(file).load() == "x" * 500


def test_a_folder_in_the_files_place_is_survived(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.mkdir()
    memory = FileModelMemory(file)
    memory.save("tiny:1b")
    assert memory.load() is None
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_a_place_where_nothing_can_be_written_is_survived(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    memory = FileModelMemory(tmp_path / "file" / "model")
    memory.save("tiny:1b")
    assert memory.load() is None


def test_a_name_that_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "model"
    memory = FileModelMemory(file)
    memory.save("tiny:1b")
    before = file.stat().st_ino
    memory.save("tiny:1b")
    assert file.stat().st_ino == before


def test_a_reader_sees_the_old_name_or_the_new_one_and_nothing_between(tmp_path: Path) -> None:
    file = tmp_path / "model"
    names = ("a" * 400, "b" * 400)
    writer_memory = FileModelMemory(file)
    writer_memory.save(names[0])

    def write() -> None:
        for number in range(1, 201):
            writer_memory.save(names[number % 2])

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    seen = {FileModelMemory(file).load()}
    while writer.is_alive():
        seen.add(FileModelMemory(file).load())
    writer.join(PATIENCE)
    assert seen <= set(names)

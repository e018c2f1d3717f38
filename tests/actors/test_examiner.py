import os
from pathlib import Path

from msgspec.structs import replace

from actors.archive import FILE_NAME
from actors.examiner import examine_archive, last_model, survey
from actors.schema import MIGRATIONS
from actors.shelf import write_archive
from protocol.findings import ArchiveFindings
from protocol.ollama_host import parse_host
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from tests.support.records import SEA
from tests.support.replay_server import ReplayServer

LATEST = len(MIGRATIONS)


def examined(folder: Path, deep: bool = False) -> ArchiveFindings:
    """What is found, without what is of the disk."""
    return replace(examine_archive(folder, deep), free=None, size=0)


def test_where_nothing_is_kept_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert examined(folder) == ArchiveFindings(folder / FILE_NAME, known_version=LATEST)
    assert not folder.exists()


def test_what_is_kept_is_counted_and_checked(tmp_path: Path) -> None:
    archive = write_archive(tmp_path)
    archive.keep_records([SEA])
    archive.close()
    found = ArchiveFindings(tmp_path / FILE_NAME, True, 0, 1, LATEST, LATEST, "wal", 0o600)
    assert [examined(tmp_path), examined(tmp_path, deep=True)] == [found, found]
    assert (examine_archive(tmp_path).free or 0) > 0


def test_a_file_that_is_no_archive_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(os.urandom(5000))
    before = path.read_bytes()
    said = f"{path} is damaged. `sqlite3 {path} .recover` may save what is in it."
    assert examined(tmp_path).trouble == said
    assert path.read_bytes() == before


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    archive = write_archive(tmp_path)
    archive.keep_records([SEA])
    archive.close()
    path = tmp_path / FILE_NAME
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)
    found = examined(tmp_path)
    assert found.faults or "damaged" in found.trouble


def test_the_server_is_looked_at_once_and_the_last_model_is_known(tmp_path: Path) -> None:
    (tmp_path / "last").write_text("tiny\n")
    with ReplayServer(models=("tiny",)) as server:
        settings = EngineSettings(ServerSettings(parse_host(server.host)), state_file=tmp_path / "last")
        assert survey(settings).names == ("tiny",)
    assert last_model(settings) == "tiny"

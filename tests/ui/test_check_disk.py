from pathlib import Path

import pytest

from protocol.findings import ArchiveFindings
from ui.check import Check, Health, fail, ok, warn
from ui.check_disk import check_chats, check_configuration, check_log

PATH = Path("/kept/chinwag.db")
SOUND = ArchiveFindings(PATH, True, 3 << 20, 7, 5, 5, "wal", 0o600)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ArchiveFindings(PATH), [ok("chats", f"none yet; they will be in {PATH}")]),
        (SOUND, [ok("chats", f"7 in {PATH} (3.0 MiB), sound")]),
        (
            ArchiveFindings(PATH, True, faults=("row 1 missing",)),
            [fail("chats", f"{PATH} is damaged: row 1 missing.", f"`sqlite3 {PATH} .recover` may save what is in it.")],
        ),
        (
            ArchiveFindings(PATH, True, trouble="It is locked."),
            [fail("chats", "It is locked.", "Chats are not kept until that is mended.")],
        ),
        (
            ArchiveFindings(PATH, True, version=6, known_version=5, mode=0o644, journal="delete", free=5 << 20),
            [
                fail("chats", f"{PATH} is of a newer chinwag", "Use that one, or another folder with --data-dir."),
                warn("chats", f"others may read {PATH}", f"`chmod 600 {PATH}`"),
                warn("chats", "the journal is delete, not wal", "Its disk may be one of a network: move it."),
                fail("disk", "5 MiB are left on the disk", "Free some space."),
            ],
        ),
        (
            ArchiveFindings(PATH, writable=False, free=50 << 20),
            [
                ok("chats", f"none yet; they will be in {PATH}"),
                fail("chats", f"{PATH} cannot be written", "Mend its permissions, or name a folder with --data-dir."),
                warn("disk", "50 MiB are left on the disk", "Free some space."),
            ],
        ),
    ],
)
def test_what_is_kept_is_said_with_what_to_do(found: ArchiveFindings, said: list[Check]) -> None:
    assert list(check_chats(found)) == said


def test_each_mistake_of_the_configuration_and_the_environment_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    assert list(check_configuration(path, False, {})) == [
        ok("configuration", f"there is no file {path}: all is as it comes")
    ]
    assert [check.state for check in check_configuration(path, True, {})] == [Health.FAIL]
    path.write_text("plain = 1\n= =\n")
    assert [check.what for check in check_configuration(path, True, {"CHINWAG_LIMITS_STREAMS": "many"})] == [
        f"{path}, line 1: plain: 1 is neither true nor false.",
        f"{path}, line 2: this is not TOML: Invalid statement.",
        "CHINWAG_LIMITS_STREAMS: 'many' is no whole number.",
    ]
    path.write_text("")
    assert list(check_configuration(path, True, {})) == [ok("configuration", f"{path} has no mistakes")]
    path.write_bytes(b"\xff")
    assert [check.state for check in check_configuration(path, False, {})] == [Health.FAIL]


def test_the_log_is_read_for_errors(tmp_path: Path) -> None:
    path = tmp_path / "log" / "chinwag.log"
    assert list(check_log(path)) == [ok("log", f"none yet; it will be {path}")]
    path.parent.mkdir()
    path.write_text("2026 1 INFO x: fine\n")
    assert list(check_log(path)) == [ok("log", f"{path} tells of no errors")]
    path.write_text("2026 1 ERROR x: bad\nTraceback\n2026 1 CRITICAL x: worse\n")
    assert list(check_log(path)) == [warn("log", f"{path} tells of 2 errors", "See what they say.")]
    assert [check.state for check in check_log(tmp_path)] == [Health.WARN]

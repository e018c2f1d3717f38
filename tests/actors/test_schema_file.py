import os
from pathlib import Path

import pytest

from actors.schema_file import read_schema
from protocol.options import Unfit
from protocol.parameter_changes import SetFormat

HOW = "format takes json, a JSON schema (an object), or a file with one"
NO_SCHEMA = "This is no JSON schema at type: it is not valid under any of the schemas listed in the 'anyOf' keyword."


def refusal(path: Path) -> str:
    with pytest.raises(Unfit) as caught:
        read_schema(str(path))
    return str(caught.value).replace(str(path), "FILE")


def test_a_schema_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a schema.json"
    path.write_bytes(b'\xef\xbb\xbf{ "type":\n "object" }\n')
    assert read_schema(str(path)) == SetFormat('{"type":"object"}', str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"",
            f"{HOW}: this is not JSON (Input data was truncated).",
        ),
        (b"[1]", f"{HOW}: this is JSON, but no object."),
        (b" " * 70_000, "The file FILE cannot be read: it has more than 64 KiB."),
        (
            b'{"type": 5}',
            f"FILE: {NO_SCHEMA}",
        ),
    ],
)
def test_what_is_no_schema_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_bytes(content)
    assert refusal(path) == said


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe{")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "nosuch") == "The file FILE cannot be read: No such file or directory."
    assert refusal(tmp_path) == "The file FILE cannot be read: it is no file."
    assert refusal(tmp_path / "pipe") == "The file FILE cannot be read: it is no file."
    assert refusal(Path("/dev/zero")) == "The file FILE cannot be read: it is no file."
    assert refusal(tmp_path / "binary").startswith("The file FILE cannot be read: 'utf-8' codec")
    assert refusal(Path("a\0b")) == "The file FILE cannot be read: embedded null byte."
    assert refusal(tmp_path / ("x" * 300)).startswith("The file FILE"[:8])

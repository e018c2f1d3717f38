from pathlib import Path

import pytest

from ui.saving import proposed_name, save


@pytest.mark.parametrize(
    ("language", "name"),
    [("python", "reply-1.py"), (" Bash ", "reply-1.sh"), ("", "reply-1.txt"), ("../../etc", "reply-1.txt")],
)
def test_the_name_that_is_proposed_fits_the_language(tmp_path: Path, language: str, name: str) -> None:
    assert proposed_name(language, tmp_path) == name


def test_no_name_is_proposed_that_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "reply-1.py").touch()
    assert proposed_name("python", tmp_path) == "reply-2.py"


def test_a_text_is_written_with_a_line_end_and_without_what_a_terminal_would_obey(tmp_path: Path) -> None:
    where = save("a\x1b[31m\n\tb", " code.py ", tmp_path, over=False)
    assert where == str(tmp_path / "code.py")
    assert (tmp_path / "code.py").read_bytes() == "a\u241b[31m\n\tb\n".encode()
    save("a\n", "line", tmp_path, over=False)
    assert (tmp_path / "line").read_bytes() == b"a\n"


def test_a_file_is_not_written_over_unasked(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    with pytest.raises(FileExistsError):
        save("new", "kept", tmp_path, over=False)
    assert (tmp_path / "kept").read_text() == "old"
    save("new", "kept", tmp_path, over=True)
    assert (tmp_path / "kept").read_text() == "new\n"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save("new", "nosuch/file", tmp_path, over=False)

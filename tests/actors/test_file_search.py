import os
from pathlib import Path

import pytest

from actors.file_search import Found, find
from protocol.errors import InterfaceError
from protocol.mentions import Mention

MOST = 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sources, in which the program is."""
    for name in (
        "src/b.py",
        "src/a.py",
        "src/sub/c.py",
        "src/sub/notes.txt",
        "src/.hidden.py",
        ".git/config",
        "a b.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    os.mkfifo(tmp_path / "src" / "pipe.py")
    (tmp_path / "src" / "round").symlink_to(tmp_path / "src")
    (tmp_path / "src" / "broken.py").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*spellings: str) -> Found:
    return find(Mention(spellings), MOST)


def test_a_word_means_the_file_of_that_name(folder: Path) -> None:
    assert found("src/a.py") == Found(("src/a.py",), "src/a.py")
    assert found("a b.txt") == Found(("a b.txt",), "a b.txt")
    assert found(str(folder / "src/a.py")).names == (f"{folder}/src/a.py",)


def test_a_mark_of_the_sentence_is_no_part_of_the_name(folder: Path) -> None:
    (folder / "odd,").write_text("x")
    assert found("src/a.py,", "src/a.py") == Found(("src/a.py",), "src/a.py")
    assert found("odd,", "odd").names == ("odd,",)


@pytest.mark.parametrize("word", ["someone", "src", "nowhere/", "*.rs", "src/a.py/", "\0", "x" * 9_000, "src/*/*/*/*"])
@pytest.mark.usefixtures("folder")
def test_a_word_that_names_nothing_is_only_a_word(word: str) -> None:
    assert found(word) == Found()


def test_a_folder_means_the_files_in_it_but_for_hidden_ones_and_what_is_no_file(folder: Path) -> None:
    names = ("src/a.py", "src/b.py", "src/sub/c.py", "src/sub/notes.txt")
    assert found("src/") == Found(names, "src/", several=True)
    assert found("./").names == ("./a b.txt", *(f"./{name}" for name in names))
    (folder / "src/sub/up").symlink_to("..")
    assert found("src/").names == names


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("src/*.py", ("src/a.py", "src/b.py")),
        ("src/**/*.py", ("src/a.py", "src/b.py", "src/sub/c.py")),
        ("**/*.txt", ("a b.txt", "src/sub/notes.txt")),
        ("src/**", ("src/a.py", "src/b.py", "src/sub/c.py", "src/sub/notes.txt")),
        ("src/*/c.py", ("src/sub/c.py",)),
        ("src/.*.py", ("src/.hidden.py",)),
        (".git/*", (".git/config",)),
        ("src/[ab].py", ("src/a.py", "src/b.py")),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_pattern_means_what_it_stands_for(pattern: str, names: tuple[str, ...]) -> None:
    assert found(pattern) == Found(names, pattern, several=True)


def test_a_file_that_is_called_like_a_pattern_is_that_file(folder: Path) -> None:
    (folder / "a[1].txt").write_text("x")
    assert found("a[1].txt") == Found(("a[1].txt",), "a[1].txt")


def test_a_link_that_leads_nowhere_is_there_and_said_when_it_is_read(folder: Path) -> None:
    assert found("src/broken.py").names == ("src/broken.py",)
    assert folder.exists()


def test_ten_thousand_files_are_too_many(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for number in range(10_000):
        (many / f"{number}.txt").touch()
    for word in ("many/", "many/*.txt", "**/*.txt"):
        with pytest.raises(InterfaceError) as caught:
            found(word)
        assert str(caught.value) == f"@{word} means more than 100 files. Name fewer of them."

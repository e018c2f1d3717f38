"""What a text can go on with."""

from pathlib import Path

import pytest

from protocol.command_table import COMMANDS
from ui.completion import Candidate, Completion, Knowledge, complete, files

_ALPS = "/compare tiny:1b huge -- Is it @alps.txt"
PRESETS = ["coder", "calm", "exact"]


def knowing(folder: Path) -> Knowledge:
    return Knowledge(
        lambda: ["tiny:1b", "tinier", "huge"],
        lambda: ["Rain in Rome", "The sea", "rain"],
        folder,
        lambda: PRESETS,
        lambda: ["mill", "barn"],
        lambda: ["llama"],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("alpha.py", "alps.txt", "two words.md", ".hidden", "bad\x1bname", 'quo"te', "new\nline"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "below.txt").touch()
    return tmp_path


def texts(before: str, folder: Path) -> list[str] | None:
    found = complete(before, knowing(folder))
    return None if found is None else [before[: found.start] + one.text for one in found.candidates]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("/mo", ["/model ", "/models"]),
        ("/RET", ["/retry"]),
        ("/un", ["/undo", "/undelete", "/unload "]),
        ("/nosuch", None),
        ("/usr/bin", None),
        ("what is /mo", None),
        ("", None),
        ("/model ti", ["/model tiny:1b", "/model tinier"]),
        ("/model HU", ["/model huge"]),
        ("/model tiny:1b ", None),
        ("/compare ti", ["/compare tiny:1b ", "/compare tinier "]),
        ("/compare tiny:1b ti", ["/compare tiny:1b tinier "]),
        ("/compare tiny:1b s", ["/compare tiny:1b seeds "]),
        ("/compare tiny:1b seeds ", None),
        ("/compare tiny:1b on ba", ["/compare tiny:1b on barn "]),
        ("/compare presets calm co", ["/compare presets calm coder "]),
        ("/compare judge hu", ["/compare judge huge "]),
        ("/compare judge huge ", None),
        ("/compare p", ["/compare pick ", "/compare presets "]),
        ("/compare pick ", None),
        ("/compare tiny:1b huge -- Is it @al", ["/compare tiny:1b huge -- Is it @alpha.py", _ALPS]),
        ("/compare tiny:1b huge -- ti", None),
        ("/set temp", ["/set temperature "]),
        ("/set parameter num_t", ["/set parameter num_thread "]),
        ("/set parameter Num_K", ["/set parameter num_keep "]),
        ("/set think h", ["/set think high"]),
        ("/set temperature ", ["/set temperature -"]),
        ("/set parameter use_mmap t", ["/set parameter use_mmap true"]),
        ("/set format al", ["/set format alpha.py", "/set format alps.txt"]),
        ("/set format js", ["/set format json"]),
        ("/set format @al", ["/set format @alpha.py", "/set format @alps.txt"]),
        ("/set system Be", None),
        ("/set keep_alive 1", ["/set keep_alive 10m", "/set keep_alive 1h"]),
        ("/show par", ["/show parameters "]),
        ("/preset c", ["/preset coder", "/preset calm"]),
        ("/server M", ["/server mill"]),
        ("/server mill ", None),
        ("/pull ti", ["/pull tiny:1b", "/pull tinier"]),
        ("/pull s", ["/pull stop "]),
        ("/pull stop ", ["/pull stop llama"]),
        ("/rm hu", ["/rm huge"]),
        ("/cp hu", ["/cp huge"]),
        ("/cp huge ti", ["/cp huge tiny:1b", "/cp huge tinier"]),
        ("/load h", ["/load huge"]),
        ("/unload h", ["/unload huge"]),
        ("/show t", ["/show template ", "/show tiny:1b", "/show tinier"]),
        ("/show license h", ["/show license huge"]),
        ("/create new al", ["/create new alpha.py", "/create new alps.txt"]),
        ("/open ra", ["/open Rain in Rome", "/open rain"]),
        ("/delete Rain in", ["/delete Rain in Rome"]),
        ("see @al", ["see @alpha.py", "see @alps.txt"]),
        ("see @two", ['see @"two words.md"']),
        ('see @"two w', ['see @"two words.md"']),
        ("@sub", ["@sub/"]),
        ("@sub/be", ["@sub/below.txt"]),
        ("@.h", ["@.hidden"]),
        ("@bad", None),
        ("@quo", None),
        ("@new", None),
        ("@nosuch/", None),
        ("me@al", None),
        ("two\n@alpha", ["two\n@alpha.py"]),
    ],
)
def test_a_text_goes_on_with_what_is_known(folder: Path, before: str, expected: list[str] | None) -> None:
    found = texts(before, folder)
    assert (found if found is None else sorted(found)) == (expected if expected is None else sorted(expected))


def test_all_commands_are_offered_after_a_slash_with_what_they_do() -> None:
    found = complete("/", Knowledge())
    assert found is not None
    assert [one.detail for one in found.candidates] == [entry.help for entry in COMMANDS]
    assert found.by_itself


def test_what_all_have_in_common_is_known() -> None:
    assert Completion(0, (Candidate("/undo"), Candidate("/undelete")), True).common == "/und"
    assert Completion(0, (Candidate("/undo"),), True).common == "/undo"


def test_visible_files_come_in_order_and_folders_with_a_slash(folder: Path) -> None:
    assert files("", folder) == ["alpha.py", "alps.txt", "sub/", "two words.md"]
    assert files("sub/", folder) == ["sub/below.txt"]
    assert files(f"{folder}/su", Path("/nowhere")) == [f"{folder}/sub/"]


def test_the_home_of_the_user_is_known() -> None:
    hidden = sorted(f"~/{one.name}" for one in Path.home().iterdir() if one.name.startswith(".") and one.is_file())
    assert [path for path in files("~/.", Path("/nowhere")) if not path.endswith("/")] == [
        path for path in hidden if '"' not in path
    ]


def test_of_a_huge_folder_a_part_is_looked_at(tmp_path: Path) -> None:
    for number in range(2_010):
        (tmp_path / f"f{number}").touch()
    assert len(files("f", tmp_path)) == 2_000

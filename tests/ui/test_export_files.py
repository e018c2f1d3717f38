import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from tests.support.records import SEA
from ui.export_files import file_name, make_folder, refuse_existing, unique_names, write_file


def called(title: str, name: str = "0123456789") -> ConversationRecord:
    return replace(SEA, title=title, id=ConversationId(name))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("title", "name", "file"),
    [
        ("The sea", "0123456789", "the-sea-01234567.md"),
        ("  Why is\tit -- deep? ", "a", "why-is-it-deep-a.md"),
        ("../../etc/passwd", "../x", "etc-passwd-x.md"),
        (".hidden", "-rf", "hidden-rf.md"),
        ("Straße nach Zürich", "a", "strasse-nach-zürich-a.md"),
        ("海は深い", "a", "海は深い-a.md"),
        ("", "", "chat-0.md"),
        ("🌊\x00\x1b", "🌊", "chat-0.md"),
        ("CON", "a", "con-a.md"),
        ("x" * 300, "a", "x" * 60 + "-a.md"),
        ("é" * 100, "a", "é" * 30 + "-a.md"),
    ],
)
def test_a_file_is_named_after_title_and_id(title: str, name: str, file: str) -> None:
    assert file_name(called(title, name), ".md") == file


def test_names_differ_also_where_upper_case_does_not_count() -> None:
    records = [called("Sea", "a"), called("sea", "A"), called("SEA!", "a"), called("road", "a")]
    assert unique_names(records, ".md") == ["sea-a.md", "sea-a-2.md", "sea-a-3.md", "road-a.md"]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_every_name_is_unique_short_and_one_step_down(names: list[tuple[str, str]]) -> None:
    made = unique_names([called(*each) for each in names], ".md")
    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert len(name.encode()) < 100
        assert Path(name).name == name
        assert name[0] not in ".-"


def test_a_file_is_for_its_owner_only_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a.md", "Zürich\r\n", force=False)
    assert (tmp_path / "a.md").read_bytes() == "Zürich\r\n".encode()
    assert mode(tmp_path / "a.md") == 0o600
    assert os.listdir(tmp_path) == ["a.md"]


@pytest.mark.parametrize("there", ["file", "folder", "link to nothing"])
def test_what_is_there_already_stays(tmp_path: Path, there: str) -> None:
    path = tmp_path / "a.md"
    match there:
        case "file":
            path.write_text("mine")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to(tmp_path / "nothing")
    said = f"{path} is there already. Name another with -o, or write over it with --force."
    with pytest.raises(InterfaceError) as error:
        write_file(path, "yours", force=False)
    assert str(error.value) == said
    with pytest.raises(InterfaceError) as error:
        refuse_existing([tmp_path / "b.md", path])
    assert str(error.value) == said
    assert os.listdir(tmp_path) == ["a.md"]
    assert there != "file" or path.read_text() == "mine"


def test_a_file_is_written_over_if_that_is_said_and_not_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "far").write_text("far")
    (tmp_path / "a.md").symlink_to(tmp_path / "far")
    write_file(tmp_path / "a.md", "yours", force=True)
    assert ((tmp_path / "a.md").read_text(), (tmp_path / "far").read_text()) == ("yours", "far")
    assert mode(tmp_path / "a.md") == 0o600


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.md"
    with pytest.raises(InterfaceError) as error:
        write_file(path, "x", force=False)
    assert str(error.value) == f"{path} cannot be written: No such file or directory. Name another with -o."
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InterfaceError) as error:
        make_folder(tmp_path / "file")
    said = f"{tmp_path / 'file'} is no folder and cannot become one: File exists. Name another with -o."
    assert str(error.value) == said


def test_a_folder_is_for_its_owner_only_and_may_be_there(tmp_path: Path) -> None:
    make_folder(tmp_path / "all")
    make_folder(tmp_path / "all")
    assert mode(tmp_path / "all") == 0o700


def test_what_is_no_file_is_not_written_over(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(InterfaceError) as error:
            write_file(path, "new", force=True)
        assert str(error.value) == f"{path} is no file, and is not written over. Name another with -o."
    assert (pipe.is_fifo(), link.is_symlink()) == (True, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe"]

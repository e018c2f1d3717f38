import json
from functools import partial
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from actors.shelf import read_archive, write_archive
from protocol.chats_export import encode_export
from protocol.errors import InterfaceError
from protocol.identity import ConversationId, MessageId
from protocol.json_text import json_text
from protocol.kept import ConversationRecord, KeptConversation
from tests.support.records import ROAD, SEA, prompt
from ui.chats import Chats, Imported
from ui.chats_arguments import ChatsOptions
from ui.markdown_export import markdown

ROAD_LINE = KeptConversation(ROAD.id, ROAD.title, None, 20.0)
SEA_LINE = KeptConversation(SEA.id, SEA.title, SEA.model, 9.5, unread=True)


class Done(NamedTuple):
    """How a run ended, what it printed, and what it complained of."""

    status: int
    out: str
    complaints: list[str]


class Shelf:
    """A folder in which conversations are kept, and the command at work on it."""

    def __init__(self, folder: Path, *records: ConversationRecord) -> None:
        self.folder = folder
        writer = write_archive(folder)
        writer.keep_records(records)
        writer.close()

    def run(self, action: str, wanted: str | None = None, /, stdin: bytes = b"", **options: object) -> Done:
        out, complaints = StringIO(), list[str]()
        read, write = partial(read_archive, self.folder), partial(write_archive, self.folder)
        face = Chats(read, write, TextIOWrapper(BytesIO(stdin)), out, complaints.append, lambda: 100.0)
        chosen = replace(ChatsOptions(action, wanted), **options)
        return Done(face.run(chosen), out.getvalue(), complaints)

    def refuses(self, action: str, wanted: str | None = None, /, stdin: bytes = b"", **options: object) -> str:
        with pytest.raises(InterfaceError) as error:
            self.run(action, wanted, stdin, **options)
        return str(error.value)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "kept", SEA, ROAD)


def columns(text: str) -> list[list[str]]:
    """The lines of a list without the time, which depends on where one is."""
    return [line.split("  ")[:1] + line.split("  ")[2:] for line in text.splitlines()]


def test_conversations_are_listed_the_latest_first(shelf: Shelf) -> None:
    done = shelf.run("list")
    assert (done.status, done.complaints) == (0, [])
    assert columns(done.out) == [
        ["road0123", "no model", "The road␛[31m"],
        ["sea01234", "tiny:1b", "Das Meer 🌊", "(unread)"],
    ]
    assert shelf.run("list", as_json=True) == Done(0, json_text([ROAD_LINE, SEA_LINE]), [])


def test_what_is_found_is_shown_with_the_words_around_it(shelf: Shelf) -> None:
    done = shelf.run("search", "deep")
    assert columns(done.out) == [
        ["road0123", "The road␛[31m", "Reply: To the deep sea."],
        ["sea01234", "Das Meer 🌊", "You: How deep?"],
        ["sea01234", "Das Meer 🌊", "You: Is it deep?"],
    ]
    assert (done.status, done.complaints) == (0, [])
    assert len(columns(shelf.run("search", "deep", limit=2).out)) == 2
    (hit,) = json.loads(shelf.run("search", "deep sea", as_json=True).out)
    assert (hit["conversation"]["id"], hit["message"], hit["role"]) == (ROAD.id, "x#1", "assistant")


@pytest.mark.parametrize(("as_json", "out"), [(False, ""), (True, "[]\n")])
def test_where_nothing_is_found_the_status_is_that_of_grep(shelf: Shelf, as_json: bool, out: str) -> None:
    assert shelf.run("search", "no\x1bsuch", as_json=as_json) == Done(1, out, ["No message has 'no␛such' in it."])


def test_one_is_shown_as_markdown_or_whole(shelf: Shelf) -> None:
    assert shelf.run("show", "das m") == Done(0, markdown(SEA), [])
    assert shelf.run("show", "road0", as_json=True) == Done(0, json_text(ROAD), [])
    assert shelf.refuses("show", "no\x1bsuch") == ("There is no chat 'no␛such'. See them with: chinwag chats list")


def test_the_last_one_is_exported_unless_another_is_named(shelf: Shelf) -> None:
    assert shelf.run("export") == Done(0, markdown(ROAD), [])
    assert shelf.run("export", "sea", output="-") == Done(0, markdown(SEA), [])
    assert shelf.run("export", "sea", as_json=True) == Done(0, encode_export([SEA]), [])
    assert shelf.run("export", everything=True, as_json=True) == Done(0, encode_export([ROAD, SEA]), [])


def test_a_document_is_written_into_a_file_or_a_folder(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    file = str(tmp_path / "sea.md")
    assert shelf.run("export", "sea", output=file) == Done(0, f"Wrote 1 chat to {file}.\n", [])
    assert Path(file).read_text() == markdown(SEA)
    shelf.run("export", "sea", output=str(tmp_path / "out"))
    shelf.run("export", "sea", as_json=True, output=str(tmp_path / "out"))
    shelf.run("export", output=str(tmp_path / "out"), everything=True, as_json=True)
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert written == {
        "das-meer-sea01234.md": markdown(SEA),
        "das-meer-sea01234.json": encode_export([SEA]),
        "chinwag-chats.json": encode_export([SEA, ROAD]),
    }


def test_all_as_markdown_are_files_in_a_folder_and_none_is_written_over(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    done = shelf.run("export", everything=True, output=str(folder))
    assert done == Done(0, f"Wrote 2 chats to {folder}.\n", [])
    names = {"das-meer-sea01234.md": markdown(SEA), "the-road-31m-road0123.md": markdown(ROAD)}
    assert {path.name: path.read_text() for path in folder.iterdir()} == names
    (folder / "das-meer-sea01234.md").unlink()
    (folder / "the-road-31m-road0123.md").write_text("mine")
    assert " is there already. " in shelf.refuses("export", everything=True, output=str(folder))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"the-road-31m-road0123.md": "mine"}
    shelf.run("export", everything=True, output=str(folder), force=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == names


def test_an_import_adds_what_is_missing_and_says_so(shelf: Shelf, tmp_path: Path) -> None:
    longer = replace(ROAD, messages=(*ROAD.messages, prompt("y", "x#1", "And back?")), head=MessageId("y"))
    new = replace(ROAD, id=ConversationId("new"), messages=(prompt("n", None, "New"),), head=MessageId("n"))
    document = encode_export([longer, new]).encode()
    (tmp_path / "chats.json").write_bytes(document)
    said = "Imported 1 chat with 2 messages; 1 chat with 2 messages were there already.\n"
    assert shelf.run("import", str(tmp_path / "chats.json")) == Done(0, said, [])
    assert json.loads(shelf.run("show", "new", as_json=True).out)["messages"][0]["text"] == "New"
    assert [one["id"] for one in json.loads(shelf.run("show", "road", as_json=True).out)["messages"]] == [
        "x",
        "x#1",
        "y",
    ]
    assert shelf.run("import", "-", stdin=document, as_json=True) == Done(0, json_text(Imported(0, 0, 2, 4)), [])


def test_a_document_that_is_not_sound_changes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    before = shelf.run("export", everything=True, as_json=True).out
    assert shelf.refuses("import", "-", stdin=b"{}").endswith(" Nothing was imported.")
    missing = tmp_path / "none.json"
    assert shelf.refuses("import", str(missing)) == (
        f"{missing} cannot be read: No such file or directory. Nothing was imported."
    )
    assert shelf.run("export", everything=True, as_json=True).out == before


def test_a_conversation_is_imported_where_nothing_was_kept(tmp_path: Path) -> None:
    empty = Shelf(tmp_path)
    said = "Imported 1 chat with 7 messages.\n"
    assert empty.run("import", "-", stdin=encode_export([SEA]).encode()) == Done(0, said, [])
    assert empty.run("show", "das", as_json=True).out == json_text(SEA)


def test_what_is_deleted_comes_back_whole(shelf: Shelf) -> None:
    before = shelf.run("export", everything=True, as_json=True).out
    said = "Deleted 'Das Meer 🌊'. Bring it back with: chinwag chats delete --undo sea01234\n"
    assert shelf.run("delete", "das") == Done(0, said, [])
    assert shelf.run("list", as_json=True).out == json_text([ROAD_LINE])
    assert shelf.run("search", "wide").status == 1
    assert "There is no chat 'das'." in shelf.refuses("delete", "das")
    assert shelf.run("delete", "sea01234", undo=True) == Done(0, "'Das Meer 🌊' is back.\n", [])
    assert shelf.run("export", everything=True, as_json=True).out == before


def test_without_a_name_the_one_deleted_last_comes_back(shelf: Shelf) -> None:
    assert shelf.run("delete", "road", as_json=True).out == json_text(ROAD_LINE)
    assert shelf.run("delete", undo=True, as_json=True).out == json_text(ROAD_LINE)
    assert shelf.refuses("delete", undo=True) == "No chat is deleted."
    assert shelf.refuses("delete", "sea", undo=True) == (
        "There is no deleted chat 'sea'. Without a name the one deleted last comes back."
    )


def test_where_nothing_was_ever_kept_deleting_makes_no_archive(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "kept")
    shelf.folder = tmp_path / "none"
    assert shelf.refuses("delete", "x").startswith("There are no chats to read in ")
    assert not shelf.folder.exists()


def test_an_empty_archive_has_nothing_to_export_but_an_empty_document(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.refuses("export") == "There are no chats. Chat first."
    assert shelf.run("export", everything=True, as_json=True).out == encode_export([])
    assert shelf.run("list") == Done(0, "", [])

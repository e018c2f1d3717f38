import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from ui.external_editor import ExternalEditor, Find, run_on_terminal


class Hand:
    """Edits as a user would: it sees the file, and writes into it."""

    def __init__(self, writes: str | None = None, status: int = 0) -> None:
        self.files: list[Path] = []
        self.commands: list[Sequence[str]] = []
        self.seen: list[tuple[str, int]] = []
        self._writes = writes
        self._status = status

    def __call__(self, command: Sequence[str]) -> int:
        self.commands.append(command[:-1])
        file = Path(command[-1])
        self.seen.append((file.read_text(), stat.S_IMODE(file.stat().st_mode)))
        self.files.append(file)
        if self._writes is not None:
            file.write_text(self._writes)
        return self._status


def found(*names: str) -> Find:
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("environ", "names", "command"),
    [
        ({"OLLAMA_EDITOR": "a", "VISUAL": "b", "EDITOR": "c"}, (), ["a"]),
        ({"VISUAL": "b -w 'x y'", "EDITOR": "c"}, (), ["b", "-w", "x y"]),
        ({"VISUAL": " ", "EDITOR": "c"}, ("nano",), ["c"]),
        ({}, ("vi", "nano"), ["/bin/nano"]),
        ({}, ("vi",), ["/bin/vi"]),
    ],
)
def test_the_editor_is_the_one_that_the_environment_names_or_one_that_is_there(
    environ: dict[str, str], names: tuple[str, ...], command: list[str]
) -> None:
    hand = Hand()
    ExternalEditor(environ, found(*names), hand).edit("text")
    assert hand.commands == [command]


def test_the_text_is_edited_in_a_file_that_only_the_user_can_read_and_that_is_gone_after_it() -> None:
    hand = Hand("new\ntext\r\n")
    assert ExternalEditor({"EDITOR": "e"}, found(), hand).edit("old é") == "new\ntext"
    assert hand.seen == [("old é", 0o600)]
    assert [(file.suffix, file.exists()) for file in hand.files] == [(".md", False)]


@pytest.mark.parametrize(
    ("environ", "status", "words"),
    [
        ({}, 0, "No editor is known. Name one in VISUAL."),
        ({"VISUAL": "a 'b"}, 0, "VISUAL makes no sense: No closing quotation. Mend its quotes."),
        ({"EDITOR": "e"}, 3, "The editor e ended with status 3. The text is as it was."),
    ],
)
def test_what_went_wrong_is_said(environ: dict[str, str], status: int, words: str) -> None:
    with pytest.raises(InterfaceError) as caught:
        ExternalEditor(environ, found(), Hand("lost", status)).edit("text")
    assert str(caught.value) == words


def test_an_editor_that_is_not_there_is_said() -> None:
    words = "The editor /nowhere/e cannot be started: No such file or directory. Name another one in VISUAL."
    with pytest.raises(InterfaceError) as caught:
        ExternalEditor({"EDITOR": "/nowhere/e"}, found(), run_on_terminal).edit("text")
    assert str(caught.value) == words


def test_a_file_that_the_editor_took_away_is_said() -> None:
    def remove(command: Sequence[str]) -> int:
        Path(command[-1]).unlink()
        return 0

    with pytest.raises(InterfaceError, match=r"What was edited cannot be read: .* The text is as it was\."):
        ExternalEditor({"EDITOR": "e"}, found(), remove).edit("text")


def test_a_program_is_run_to_its_end() -> None:
    assert run_on_terminal(["sh", "-c", "exit 7"]) == 7

import io
import os
from typing import TextIO

import pytest

from protocol.errors import InterfaceError
from tests.support.pseudo_terminal import pseudo_terminal
from ui.terminal_check import check_terminal, screen_obstacle

XTERM = {"TERM": "xterm"}


def complaint(stdin: TextIO | None, stdout: TextIO | None, environ: dict[str, str]) -> str:
    with pytest.raises(InterfaceError) as caught:
        check_terminal(stdin, stdout, environ)
    return str(caught.value)


def test_a_terminal_that_can_be_used_passes() -> None:
    with pseudo_terminal() as (_, stdin, stdout):
        check_terminal(stdin, stdout, XTERM)


@pytest.mark.parametrize("missing", [None, io.StringIO()])
def test_without_a_terminal_the_other_way_is_named(missing: TextIO | None) -> None:
    with pseudo_terminal() as (_, stdin, stdout):
        assert complaint(missing, stdout, XTERM) == (
            "Standard input is no terminal. To use chinwag without a screen: chinwag --plain"
        )
        assert complaint(stdin, missing, XTERM) == (
            "Standard output is no terminal. To use chinwag without a screen: chinwag --plain"
        )


@pytest.mark.parametrize(("environ", "known"), [({}, "TERM is not set"), ({"TERM": "dumb"}, "TERM is dumb")])
def test_a_terminal_without_a_screen_is_told_by_its_name(environ: dict[str, str], known: str) -> None:
    with pseudo_terminal() as (_, stdin, stdout):
        assert complaint(stdin, stdout, environ) == (
            f"This terminal cannot show a full screen: {known}. To use chinwag without a screen: chinwag --plain"
        )


def test_a_terminal_opened_for_reading_only_cannot_be_used() -> None:
    with pseudo_terminal() as (_, stdin, _), open(os.ttyname(stdin.fileno())) as read_only:
        assert complaint(stdin, read_only, XTERM) == (
            "The terminal cannot be written to: Bad file descriptor. Open it for writing."
        )


def test_where_a_screen_can_be_shown_there_is_no_obstacle() -> None:
    with pseudo_terminal() as (_, stdin, stdout):
        assert screen_obstacle(stdin, stdout, XTERM) == ""

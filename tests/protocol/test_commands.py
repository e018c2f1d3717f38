import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.commands import (
    COMMANDS,
    Cancel,
    Command,
    Help,
    Model,
    New,
    Queue,
    Quit,
    System,
    Unknown,
    help_text,
    is_command,
    parse_command,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/help", Help()),
        ("/new", New()),
        ("/model", Model("")),
        ("/model smollm2:135m", Model("smollm2:135m")),
        ("/system", System("")),
        ("/system Be brief.", System("Be brief.")),
        ("/system Two\nlines  with blanks ", System("Two\nlines  with blanks")),
        ("/system -", System("-")),
        ("/system\nBe brief.", System("Be brief.")),
        ("/cancel", Cancel(everything=False)),
        ("/cancel all", Cancel(everything=True)),
        ("/queue", Queue()),
        ("/quit", Quit()),
        ("  /quit \n", Quit()),
        ("/QUIT", Quit()),
        ("/Model  Name", Model("Name")),
    ],
)
def test_a_command_is_understood(text: str, command: Command) -> None:
    assert is_command(text)
    assert parse_command(text) == command


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("/help me", "Write it like /help: show this help."),
        ("/new chat", "Write it like /new: begin a new conversation."),
        ("/model two names", "Write it like /model [NAME]: choose a model, or list them."),
        ("/cancel it", "Write it like /cancel [all]: stop the reply, or everything in every conversation."),
        ("/cancel all of it", "Write it like /cancel [all]: stop the reply, or everything in every conversation."),
        ("/queue 1", "Write it like /queue: show what streams and what waits."),
        ("/quit now", "Write it like /quit: leave."),
    ],
)
def test_a_command_in_another_form_says_how_to_write_it(text: str, explanation: str) -> None:
    assert parse_command(text) == Unknown(explanation)


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("/hlep", "There is no command /hlep. Did you mean /help? /help lists them all."),
        ("/Modle x", "There is no command /modle. Did you mean /model? /help lists them all."),
        ("/quite", "There is no command /quite. Did you mean /quit? /help lists them all."),
        ("/zzz", "There is no command /zzz. /help lists them all."),
        ("/größe", "There is no command /größe. /help lists them all."),
    ],
)
def test_an_unknown_command_names_the_nearest(text: str, explanation: str) -> None:
    assert parse_command(text) == Unknown(explanation)


@pytest.mark.parametrize(("typed", "shown"), [("x" * 30, "x" * 30), ("x" * 31, "x" * 30 + "…")])
def test_an_endless_name_is_not_repeated_in_full(typed: str, shown: str) -> None:
    assert parse_command(f"/{typed}") == Unknown(f"There is no command /{shown}. /help lists them all.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "//",
        "//help",
        "/usr/bin",
        "/usr/bin/env python",
        "/help/",
        "/2",
        "/help!",
        "/-",
        "/ help",
        "help",
        "say /help",
        "a\n/help",
        "\\/help",
    ],
)
def test_paths_and_double_slashes_are_prompts(text: str) -> None:
    assert not is_command(text)


def test_the_help_has_a_line_for_every_command() -> None:
    assert help_text() == (
        "/help             show this help\n"
        "/new              begin a new conversation\n"
        "/chats            show the conversations that are kept\n"
        "/open TITLE       go to another conversation\n"
        "/model [NAME]     choose a model, or list them\n"
        "/system [TEXT|-]  set the system prompt, show it, or remove it with -\n"
        "/cancel [all]     stop the reply, or everything in every conversation\n"
        "/queue            show what streams and what waits\n"
        "/quit             leave"
    )


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS])
def test_no_command_in_the_table_is_unknown(name: str) -> None:
    parsed = parse_command(f"/{name}")
    assert not (isinstance(parsed, Unknown) and "There is no command" in parsed.explanation)


@given(
    st.text()
    | st.from_regex(r"\s*/[a-z]+(\s.*)?", fullmatch=True)
    | st.builds("/{}{}".format, st.sampled_from([entry.name for entry in COMMANDS]), st.text())
)
def test_no_text_makes_the_parser_fail(text: str) -> None:
    if is_command(text):
        parse_command(text)

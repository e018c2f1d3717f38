import logging
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from protocol.ollama_host import ServerUrl
from protocol.server_settings import EmbeddedUse, ServerSettings
from ui.arguments import parse_arguments
from ui.ask_arguments import AskOptions
from ui.chats_arguments import ChatsOptions
from ui.replay_arguments import ReplayOptions

ELSEWHERE = ServerSettings(ServerUrl(host="example.com"), EmbeddedUse.NEVER)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "example.com", "-m", "tiny", "--system", "Be brief.", "ask", "Hi"],
        ["ask", "Hi", "--host", "example.com", "-m", "tiny", "--system", "Be brief."],
        [
            "--host",
            "nowhere",
            "-m",
            "huge",
            "ask",
            "-m",
            "tiny",
            "--host",
            "example.com",
            "--system",
            "Be brief.",
            "Hi",
        ],
    ],
    ids=["before", "after", "both"],
)
def test_what_stands_before_the_command_holds_unless_it_is_said_again_after_it(arguments: list[str]) -> None:
    options = parse_arguments(arguments, {})
    said = (options.command, options.settings.server, options.model, options.system, options.ask)
    assert said == ("ask", ELSEWHERE, "tiny", "Be brief.", AskOptions("Hi"))


@pytest.mark.parametrize("arguments", [["--embedded"], ["--embedded", "ask", "Hi"], ["ask", "--embedded", "Hi"]])
def test_the_embedded_model_can_be_asked_for(arguments: list[str]) -> None:
    server = parse_arguments(arguments, {"OLLAMA_HOST": "example.com"}).settings.server
    assert server == ServerSettings(embedded=EmbeddedUse.ALWAYS)


@pytest.mark.parametrize(
    ("environment", "server"),
    [({}, ServerSettings(embedded=EmbeddedUse.FALLBACK)), ({"OLLAMA_HOST": "example.com"}, ELSEWHERE)],
)
def test_a_server_that_is_named_is_never_replaced(environment: dict[str, str], server: ServerSettings) -> None:
    assert parse_arguments([], environment).settings.server == server


def test_conversations_are_kept_where_it_is_said_and_those_of_ask_nowhere() -> None:
    environment = {"CHINWAG_DATA_DIR": "/there"}
    assert parse_arguments([], environment).settings.data_dir == Path("/there")
    assert parse_arguments(["--data-dir", "/here"], environment).settings.data_dir == Path("/here")
    assert parse_arguments(["ask", "Hi"], environment).settings.data_dir is None


@pytest.mark.parametrize(
    ("arguments", "resume"), [([], None), (["--continue"], ""), (["--resume", "cap"], "cap"), (["chats", "list"], None)]
)
def test_a_conversation_can_be_opened_again(arguments: list[str], resume: str | None) -> None:
    assert parse_arguments(arguments, {}).resume == resume


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, True),
        ("", True),
        ("0", True),
        ("false", True),
        ("FALSE", True),
        (" ", True),
        ("1", False),
        ("true", False),
        ("yes", False),
    ],
)
def test_what_is_typed_is_remembered_unless_ollamas_own_setting_forbids_it(value: str | None, kept: bool) -> None:
    environment = {} if value is None else {"OLLAMA_NOHISTORY": value}
    assert parse_arguments([], environment).settings.keep_input is kept


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("list", ChatsOptions("list")),
        ("list --json", ChatsOptions("list", as_json=True)),
        ("search deep sea", ChatsOptions("search", "deep sea")),
        ("search deep --limit 3 --json", ChatsOptions("search", "deep", as_json=True, limit=3)),
        ("show sea", ChatsOptions("show", "sea")),
        ("export", ChatsOptions("export")),
        ("export sea --markdown -o a.md", ChatsOptions("export", "sea", output="a.md")),
        ("export --all --json", ChatsOptions("export", as_json=True, everything=True)),
        ("export --all -o out --force", ChatsOptions("export", everything=True, output="out", force=True)),
        ("import -", ChatsOptions("import", "-")),
        ("delete sea", ChatsOptions("delete", "sea")),
        ("delete --undo", ChatsOptions("delete", undo=True)),
        ("delete --undo sea --json", ChatsOptions("delete", "sea", as_json=True, undo=True)),
    ],
)
def test_what_was_kept_can_be_worked_with(arguments: str, options: ChatsOptions) -> None:
    assert parse_arguments(["chats", *arguments.split()], {}).chats == options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "the following arguments are required: ACTION"),
        ("burn", "invalid choice: 'burn'"),
        ("search", "the following arguments are required: WORDS"),
        ("search a --limit 0", "argument --limit: '0' is not a number above 0"),
        ("show", "the following arguments are required: TITLE"),
        ("export --json --markdown", "--json and --markdown exclude each other"),
        ("export sea --all --json", "--all and TITLE exclude each other"),
        (
            "export --all",
            "--all as Markdown makes many files: name a folder with -o, or write one document with --json",
        ),
        ("export --all -o -", "--all as Markdown makes many files: name a folder with -o, or write one"),
        ("import", "the following arguments are required: FILE"),
        ("delete", "delete needs a TITLE"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse_arguments(["chats", *arguments.split()], {})
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("replay t.jsonl", ReplayOptions(Path("t.jsonl"))),
        ("replay t.jsonl --speed 2.5", ReplayOptions(Path("t.jsonl"), 2.5)),
        ("replay --step t.jsonl", ReplayOptions(Path("t.jsonl"), None)),
        ("ask Hi", None),
        ("", None),
    ],
)
def test_a_trace_can_be_played(arguments: str, options: ReplayOptions | None) -> None:
    assert parse_arguments(arguments.split(), {}).replay == options


@pytest.mark.parametrize("arguments", ["--trace t", "--trace t ask Hi", "ask Hi --trace t"])
def test_every_message_can_be_written_down(arguments: str) -> None:
    assert parse_arguments(arguments.split(), {}).settings.trace_file == Path("t")


@pytest.mark.parametrize(
    ("arguments", "environment", "file", "level"),
    [
        ("", {}, None, logging.WARNING),
        ("--log-file l --log-level info", {}, Path("l"), logging.INFO),
        ("ask Hi --log-level DEBUG", {"CHINWAG_LOG_LEVEL": "error"}, None, logging.DEBUG),
        ("replay t --log-file l", {"CHINWAG_LOG_LEVEL": "error"}, Path("l"), logging.ERROR),
        ("--log-level info chats list", {}, None, logging.INFO),
        ("", {"CHINWAG_LOG_LEVEL": ""}, None, logging.WARNING),
    ],
)
def test_the_log_goes_where_it_is_said_and_says_as_much(
    arguments: str, environment: dict[str, str], file: Path | None, level: int
) -> None:
    options = parse_arguments(arguments.split(), environment)
    assert (options.log_file, options.log_level) == (file, level)


def test_a_level_in_the_environment_that_there_is_not_is_a_sentence() -> None:
    with pytest.raises(InterfaceError) as raised:
        parse_arguments([], {"CHINWAG_LOG_LEVEL": "loud"})
    words = "CHINWAG_LOG_LEVEL: there is no level 'loud'. There are debug, info, warning, error. Change or unset it."
    assert str(raised.value) == words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("replay", "the following arguments are required: FILE"),
        ("replay t --speed 0", "argument --speed: '0' is not a number above 0"),
        ("replay t --speed inf", "argument --speed: 'inf' is not a number above 0"),
        ("replay t --speed 2 --step", "argument --step: not allowed with argument --speed"),
        ("replay t --trace u", "unrecognized arguments: --trace u"),
        ("--trace u replay t", "--trace is for the chat, for ask and for compare: replay has no messages"),
        ("--trace u chats list", "--trace is for the chat, for ask and for compare: chats has no messages"),
        ("--plain ask t", "--plain is for the chat: ask is plain already"),
        ("--plain chats list", "--plain is for the chat: chats is plain already"),
        ("--plain replay t", "--plain is for the chat: a replay needs a screen"),
        ("--trace u --log-file u", "--trace and --log-file need a file each"),
        ("--log-level loud", "argument --log-level: invalid choice: 'loud'"),
    ],
)
def test_seeing_inside_has_its_wrong_usages_too(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse_arguments(arguments.split(), {})
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err


def test_the_chat_can_be_asked_to_be_plain() -> None:
    assert [parse_arguments(arguments, {}).plain for arguments in ([], ["--plain"], ["--plain", "-m", "a"])] == [
        False,
        True,
        True,
    ]


def test_the_warning_of_a_full_context_can_be_turned_off() -> None:
    said = [parse_arguments([], environment).warns for environment in ({}, {"CHINWAG_CONTEXT_WARNING": "false"})]
    assert said == [True, False]

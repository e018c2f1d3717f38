from pathlib import Path

import pytest

from protocol.ollama_host import ServerUrl
from protocol.settings import EmbeddedUse, ServerSettings
from ui.arguments import parse_arguments

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
    said = (options.command, options.settings.server, options.model, options.system, options.prompt)
    assert said == ("ask", ELSEWHERE, "tiny", "Be brief.", "Hi")


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

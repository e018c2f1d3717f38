import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.command_table import COMMANDS, help_text, is_command, parse_command, shell_command
from protocol.commands import (
    Attach,
    Cancel,
    Command,
    Compact,
    Context,
    Continue,
    Delete,
    Edit,
    Fork,
    Help,
    Model,
    New,
    Now,
    Queue,
    QueueDrop,
    QueueEdit,
    QueueMove,
    QueueNow,
    Quit,
    Redo,
    Retry,
    SaveImages,
    Search,
    System,
    Title,
    Undelete,
    Undo,
    Unknown,
    Version,
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
        ("/retry", Retry()),
        ("/continue", Continue()),
        ("/edit", Edit()),
        ("/undo", Undo()),
        ("/redo", Redo()),
        ("/fork", Fork()),
        ("/version", Version(1)),
        ("/version next", Version(1)),
        ("/version back", Version(-1)),
        ("/title", Title("")),
        ("/title  The sea,\n and  more ", Title("The sea, and more")),
        ("/search deep  sea", Search("deep  sea")),
        ("/delete", Delete("")),
        ("/delete The sea", Delete("The sea")),
        ("/undelete", Undelete()),
        ("/compact", Compact(2)),
        ("/compact 0", Compact(0)),
        ("/compact  12 ", Compact(12)),
        ("/context", Context()),
        ("/queue", Queue()),
        ("/queue edit 1", QueueEdit(1)),
        ("/queue drop 12", QueueDrop(12)),
        ("/queue  move 2  1", QueueMove(2, 1)),
        ("/queue now", QueueNow(None)),
        ("/queue now 3", QueueNow(3)),
        ("/now", Now()),
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
        ("/new chat", "Write it like /new: begin a new chat."),
        ("/model two names", "Write it like /model [NAME]: choose a model, or list them."),
        ("/cancel it", "Write it like /cancel [all]: stop the reply, or everything in every chat."),
        ("/cancel all of it", "Write it like /cancel [all]: stop the reply, or everything in every chat."),
        ("/retry it", "Write it like /retry: ask the last prompt again."),
        ("/version 2", "Write it like /version [next|back]: show another version."),
        ("/search", "Write it like /search WORDS: find words in all chats."),
        ("/quit now", "Write it like /quit: quit chinwag."),
    ],
)
def test_a_command_in_another_form_says_how_to_write_it(text: str, explanation: str) -> None:
    assert parse_command(text) == Unknown(explanation)


@pytest.mark.parametrize(
    "rest",
    [
        "1",
        "edit",
        "edit 0",
        "edit -1",
        "edit 1 2",
        "edit one",
        "edit 1a",
        "edit ²",
        "edit ٣",
        "drop",
        "move 1",
        "move 1 2 3",
        "now then",
        "now 1 2",
        "dr 1",
        "edit " + "9" * 5000,
    ],
)
def test_a_change_of_the_queue_in_another_form_says_how_to_write_it(rest: str) -> None:
    usage = "Write it like /queue [edit N|drop N|move N M|now [N]]: show what streams and waits, or change that."
    assert parse_command(f"/queue {rest}") == Unknown(usage)


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("/hlep", "There is no command /hlep. Did you mean /help? /help lists them all."),
        ("/Modle x", "There is no command /modle. Did you mean /model? /help lists them all."),
        ("/quite", "There is no command /quite. Did you mean /quit? /help lists them all."),
        ("/zzz", "There is no command /zzz. /help lists them all."),
        ("/ret", "There is no command /ret. Did you mean /retry? /help lists them all."),
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


def test_the_help_has_every_command_in_its_group() -> None:
    assert (
        help_text()
        == """\
Chats
/new                  begin a new chat
/chats                show the chats that are kept
/open TITLE           go to another chat
/search WORDS         find words in all chats
/title [TEXT]         name this chat, or show its name
/fork                 go on in a copy of this chat
/delete [TITLE]       put this chat away, or the one named
/undelete             bring back the chat deleted last

Replies
/retry                ask the last prompt again
/continue             have the last reply gone on with
/edit                 change the last prompt
/undo                 go back before the last prompt
/redo                 take the last undo back
/version [next|back]  show another version
/compact [N]          sum up all but the last N exchanges (2)
/compare [MODEL ...|again|pick N|judge M|merge M|drop]
                      have several models answer, side by side

Files
/attach PATH          have a file go with the next prompt
/save-images [DIR]    save what was drawn in this chat

Under way
/cancel [all]         stop the reply, or everything in every chat
/queue [edit N|drop N|move N M|now [N]]
                      show what streams and waits, or change that
/now                  try again at once, instead of waiting

Models
/models               list the models; choose, show, delete one
/pull [NAME|stop NAME]
                      get a model, stop that, or show how far it is
/ps                   show which models are loaded
/load [NAME]          bring a model into memory
/unload [NAME]        take a model out of memory
/rm NAME              delete a model
/cp FROM TO           give a model another name as well
/create NAME FILE     make a model of a Modelfile

Settings
/model [NAME]         choose a model, or list them
/server [NAME]        have another server answer, or list them
/servers              show the pool: what streams where, and what waits
/system [TEXT|-]      set the system prompt, show it, or remove it with -
/set [NAME VALUE|NAME -]
                      set an option or the like, list them, or reset one
/show [PART] [NAME]   show what is set, or what is known of a model
/preset [NAME]        use a preset of your own, or list them
/context              show how full the context is, and what is sent
/debug                show how the parts of the engine fare
/help                 show this help
/quit                 quit chinwag"""
    )


def test_the_help_fits_80_columns() -> None:
    assert max(len(line) for line in help_text().splitlines()) < 80


def test_every_command_is_in_the_table_once() -> None:
    names = [entry.name for entry in COMMANDS]
    assert sorted(names) == sorted(set(names))


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


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/attach a.png", Attach("a.png")),
        ("/attach  'my a.png' ", Attach("my a.png")),
        ('/attach @"my a.png"', Attach("my a.png")),
        ("/attach @a.png", Attach("a.png")),
        ("/save-images", SaveImages("")),
        ('/SAVE-IMAGES "my pictures"', SaveImages("my pictures")),
    ],
)
def test_a_path_may_be_quoted(text: str, command: Command) -> None:
    assert is_command(text)
    assert parse_command(text) == command


def test_a_path_with_a_hyphen_is_no_command() -> None:
    assert not is_command("/usr-local is where")


def test_nothing_is_attached_without_a_path() -> None:
    assert parse_command("/attach ''") == Unknown("Write it like /attach PATH: have a file go with the next prompt.")


@pytest.mark.parametrize(
    ("text", "command"),
    [("!ls -l", "ls -l"), ("! ls", "ls"), ("!", ""), ("!!ls", ""), ("! !ls", ""), ("ls!", ""), ("!a\nb", "")],
)
def test_a_line_behind_an_exclamation_mark_is_for_the_shell(text: str, command: str) -> None:
    assert shell_command(text) == command

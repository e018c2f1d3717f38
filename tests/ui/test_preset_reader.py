from pathlib import Path

import pytest

from protocol.parameters import Option, Parameters
from protocol.presets import PresetSettings
from ui.configuration import parse_configuration
from ui.configuration_file import examine

TEXT = """\
[presets.coder]
model = "qwen3:8b"
system = \"\"\"
You write code.
\"\"\"
options = { temperature = 0, num_ctx = 16384, stop = ["END"] }
think = "high"
format = "reply.json"
keep_alive = "1h"
truncate = false

[presets.calm.options]
seed = 7
[presets.calm]
think = false
keep_alive = -1
format = "json"
"""
PRESETS = (
    PresetSettings(
        "coder",
        "qwen3:8b",
        "You write code.",
        Parameters(
            (Option("num_ctx", 16384), Option("stop", ("END",)), Option("temperature", 0)),
            "high",
            '{"type":"object"}',
            "1h",
            truncate=False,
        ),
    ),
    PresetSettings("calm", parameters=Parameters((Option("seed", 7),), False, '"json"', "-1")),
)


def mistakes(text: str, folder: Path) -> list[str]:
    """What is said to be wrong with a file, without the keys."""
    found = examine(text, "config.toml", folder, screen=False)[1]
    return [f"line {one.line}: {one.what}".replace(str(folder), "FOLDER") for one in found]


def test_presets_are_read_with_the_schemas_beside_them(tmp_path: Path) -> None:
    (tmp_path / "reply.json").write_text('{ "type": "object" }\n')
    assert parse_configuration(TEXT, "", tmp_path).presets == PRESETS


def test_where_there_is_no_table_there_are_no_presets(tmp_path: Path) -> None:
    assert parse_configuration("theme = 'dark'\n", "", tmp_path).presets == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("presets = 1", "line 1: presets is a table: write [presets], and below it a line for each setting."),
        ("[presets]\na = 1", "line 2: a is a table: write [presets.a], and below it a line for each setting."),
        ('[presets."a b"]', "line 1: 'a b' cannot be the name of a preset: use letters, digits, - and _."),
        ("[presets.a]\nmodell = 'b'", "line 2: a preset has no 'modell'. Did you mean 'model'?"),
        ("[presets.a]\nmodel = 7", "line 2: model is a text: write it in quotes."),
        ("[presets.a]\n\nsystem = ['x']", "line 3: system is a text: write it in quotes."),
        ("[presets.a]\noptions = 7", "line 2: options is a table: options = { temperature = 0.2 }."),
        (
            "[presets.a]\noptions = { temperature = 11 }",
            "line 2: temperature takes a number from 0 to 10, not 11.",
        ),
        (
            "[presets.a.options]\nnum_ctx = '8k'",
            "line 2: num_ctx takes a whole number from 4 to 2,147,483,647, not 8k.",
        ),
        (
            "[presets.a.options]\nnum_ctx = nan",
            "line 2: num_ctx takes a whole number from 4 to 2,147,483,647, not nan.",
        ),
        (
            "[presets.a.options]\ntemprature = 1",
            "line 2: There is no option temprature. Did you mean temperature? /set in a chat lists them all.",
        ),
        (
            "[presets.a]\nthink = 'deep'",
            "line 2: think takes true, false, low, medium, high or max, not deep.",
        ),
        ("[presets.a]\nkeep_alive = 'long'", None),
        ("[presets.a]\nkeep_alive = true", None),
        ("[presets.a]\ntruncate = 'no'", "line 2: truncate takes true or false."),
        ("[presets.a]\nshift = 1", "line 2: shift takes true or false."),
        ("[presets.a]\nformat = 7", "line 2: format takes 'json', or the name of a file with a JSON schema."),
        (
            "[presets.a]\nformat = 'nosuch.json'",
            "line 2: the file FOLDER/nosuch.json cannot be read: [Errno 2] No such file or directory: "
            "'FOLDER/nosuch.json'.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, said: str | None, tmp_path: Path) -> None:
    (told,) = mistakes(text, tmp_path)
    assert told.startswith("line 2: keep_alive takes a duration") if said is None else told == said


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "[presets.a]\nthink = 1\nshift = 1\n[presets.b]\nkeep_alive = ''\n"
    assert [line[:7] for line in mistakes(text, tmp_path)] == ["line 2:", "line 3:", "line 5:"]

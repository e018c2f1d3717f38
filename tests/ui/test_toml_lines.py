import pytest

from ui.toml_lines import TomlLines

TEXT = """\
theme = "dark"
[presets.coder]  # mine
model = "a"
options = { temperature = 0.2, "top_k" = 4 }

[presets . "my own".options]
seed = 7
'stop' = ["a"]
[keys]
retry = "f5"
think.deep = true
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("theme",), 1),
        (("presets",), 2),
        (("presets", "coder"), 2),
        (("presets", "coder", "model"), 3),
        (("presets", "coder", "options", "temperature"), 4),
        (("presets", "coder", "options", "top_k"), 4),
        (("presets", "coder", "options", "nosuch"), 4),
        (("presets", "coder", "nosuch"), 2),
        (("presets", "my own"), 6),
        (("presets", "my own", "options", "seed"), 7),
        (("presets", "my own", "options", "stop"), 8),
        (("keys", "retry"), 10),
        (("keys", "think", "deep"), 11),
        (("nosuch",), 1),
    ],
)
def test_a_key_stands_where_it_stands(path: tuple[str, ...], line: int) -> None:
    assert TomlLines(TEXT).of(path) == line

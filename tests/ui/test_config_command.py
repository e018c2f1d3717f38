import json
from io import StringIO
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from ui.config_arguments import ConfigOptions
from ui.config_command import ConfigCommand
from ui.configuration_file import parse_file
from ui.configuration_sample import sample
from ui.settled import Settled


def config(path: Path, options: ConfigOptions, settled: Settled | None = None) -> tuple[int, str]:
    """The exit status, and what is printed."""
    out = StringIO()
    return ConfigCommand(path, out, print).run(options, settled or Settled()), out.getvalue()


def test_init_writes_a_file_for_its_owner_only_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    said = f"Wrote {path}. Nothing is changed until a line of it is.\n"
    assert config(path, ConfigOptions("init")) == (0, said)
    assert (path.read_text(), path.stat().st_mode & 0o777) == (sample(), 0o600)
    path.write_text("theme = 'dark'\n")
    with pytest.raises(InterfaceError) as raised:
        config(path, ConfigOptions("init"))
    assert str(raised.value) == (
        f"{path} is there already. Write over it with --force, or print a new one with --stdout."
    )
    assert path.read_text() == "theme = 'dark'\n"
    assert config(path, ConfigOptions("init", force=True)) == (0, said)
    assert path.read_text() == sample()


def test_init_prints_it_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert config(path, ConfigOptions("init", to_stdout=True)) == (0, sample())
    assert not path.exists()


def test_init_says_why_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InterfaceError, match=r"file is no folder. Name another file with --config."):
        config(tmp_path / "file" / "config.toml", ConfigOptions("init"))


def test_check_names_every_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert config(path, ConfigOptions("check")) == (0, f"There is no file {path}: all is as it comes.\n")
    path.write_text("theme = 'blue'\n[keys]\nnosuch = 'f5'\n")
    assert config(path, ConfigOptions("check")) == (
        2,
        f"{path}: line 1: theme: there is no theme 'blue'. There are auto, dark, light, high-contrast, none.\n"
        f"{path}: line 3: keys.nosuch: there is no action 'nosuch'.\n",
    )
    path.write_text(sample())
    assert config(path, ConfigOptions("check")) == (0, f"{path} is well.\n")


def test_check_looks_at_the_file_that_is_named(tmp_path: Path) -> None:
    named = tmp_path / "other.toml"
    with pytest.raises(InterfaceError, match=r"There is no file .*other.toml. Name another one."):
        config(tmp_path / "config.toml", ConfigOptions("check", str(named)))
    named.write_text("plain = 1\n")
    assert config(tmp_path / "config.toml", ConfigOptions("check", str(named)))[0] == 2


def test_path_says_where_the_file_is_looked_for(tmp_path: Path) -> None:
    assert config(tmp_path / "c", ConfigOptions("path")) == (0, f"{tmp_path / 'c'}\n")


def test_show_says_what_holds_and_where_it_comes_from(tmp_path: Path) -> None:
    file = parse_file("theme = 'dark'\n", "c.toml", tmp_path)
    settled = Settled(file, {"OLLAMA_HOST": "example.com"}, {"model": "tiny"})
    status, out = config(tmp_path / "c", ConfigOptions("show"), settled)
    assert status == 0
    assert out.splitlines()[0].split() == ["model", "=", '"tiny"', "#", "--model"]
    assert out.splitlines()[2].split() == ["server", "=", '"example.com"', "#", "OLLAMA_HOST"]
    assert out.splitlines()[4].split() == ["theme", "=", '"dark"', "#", "c.toml,", "line", "1"]
    _, out = config(tmp_path / "c", ConfigOptions("show", as_json=True), settled)
    assert json.loads(out)[0] == {"name": "model", "value": "tiny", "source": "--model"}


def test_show_says_what_stands_in_tables_and_no_secret_of_them(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[servers.mill]\nurl = "http://me:hunter2@10.0.0.1"\nheaders = { X-Key = "hunter2" }\n'
        "[presets.calm]\noptions = { temperature = 0.1 }\n"
    )
    status, out = config(path, ConfigOptions("show"), Settled(parse_file(path.read_text(), str(path), tmp_path)))
    assert (status, "hunter2" in out) == (0, False)
    assert [line.split("  #")[0].split(None, 2) for line in out.splitlines()[-3:]] == [
        ["servers.mill.url", "=", '"http://***@10.0.0.1"'],
        ["servers.mill.headers.X-Key", "=", '"***"'],
        ["presets.calm.options.temperature", "=", "0.1"],
    ]

"""The settings: one table, from which the checks, the commented default, `config show` and the README are made.

To add a setting, add a row. A name with a dot stands in a table of the file: `limits.streams` is `streams` below
`[limits]`. What a row cannot say of a table, a `Section` checks with a function of its own, which is imported when a
file has such a table. What a setting means is read where it is used: `settled.text("model")`,
`settled.section("servers")`.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from protocol.limits import ResourceLimits
from protocol.message import Value
from ui.configuration_kinds import Address, Choice, Kind, Names, Seconds, Text, Whole, YesOrNo
from ui.themes import ThemeName

SERVERS, PRESETS = "servers", "presets"
"""Tables with a check of their own."""
LEVELS = ("debug", "info", "warning", "error")
_LIMITS = ResourceLimits()
_MIB = 1024 * 1024
_TEXT, _YES_OR_NO, _SECONDS = Text(), YesOrNo(), Seconds()

Tell = Callable[[tuple[str, ...], str], None]
"""Told a mistake: the path of the key, from the root of the file, and a sentence."""


class Setting(Value, frozen=True):
    """One row: a key of the file, and whatever else can set it. The environment wins over the file, a flag over
    both."""

    name: str
    kind: Kind
    default: str | int | float | bool | tuple[str, ...]
    """What holds where nothing says anything else, as a file has it; what is empty means that nothing is set."""
    help: str
    named: str = ""
    """The environment variable, where it is not made from the name."""
    flag: str = ""
    example: str | int | float | bool | tuple[str, ...] | None = None
    """What the commented default shows, where the default is empty."""

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in a file: the tables, and the key."""
        return tuple(self.name.split("."))

    @property
    def variable(self) -> str:
        """The environment variable."""
        return self.named or "CHINWAG_" + self.name.upper().replace(".", "_").replace("-", "_")


class Section(Value, frozen=True):
    """A table of the file that has a check of its own."""

    name: str
    help: str
    check: Callable[[Mapping[str, object], Tell, Path], object]
    """Returns what the table means, and tells every mistake; only called where a file has the table. The path is the
    folder of the file, from which other files are looked for."""
    sample: Callable[[], Iterable[str]]
    """The lines of the commented default below the header, without the comment signs."""
    only_screen: bool = False
    """Checked only where a screen is shown, and by `config check`: it takes long to import."""


def _check_keys(table: Mapping[str, object], tell: Tell, _: Path) -> object:
    from ui.configured_keys import check_keys

    return check_keys(table, tell)


def _check_presets(table: Mapping[str, object], tell: Tell, folder: Path) -> object:
    from ui.preset_reader import check_presets

    return check_presets(table, tell, folder)


def _check_servers(table: Mapping[str, object], tell: Tell, folder: Path) -> object:
    from ui.server_reader import check_servers

    return check_servers(table, tell, folder)


def _sample_of_servers() -> Iterable[str]:
    return _SAMPLE_SERVER


def _sample_of_presets() -> Iterable[str]:
    return _SAMPLE_PRESET


def _sample_of_keys() -> Iterable[str]:
    from ui.configured_keys import sample_of_keys

    return sample_of_keys()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "model", _TEXT, "", "The model; else the one used last, or the only one.", flag="--model", example="llama3.2"
    ),
    Setting("system", _TEXT, "", "The system prompt of new chats.", flag="--system", example="Be brief."),
    Setting(
        "server",
        Address(),
        "",
        "The server: an address, in the file a name, too; else the Ollama on this machine.",
        "OLLAMA_HOST",
        "--host",
        "127.0.0.1:11434",
    ),
    Setting(
        "pool",
        Names(),
        (),
        'Servers that answer for one another, by their names: server = "pool" has whoever is free answer.',
        example=("big", "small"),
    ),
    Setting(
        "theme", Choice(tuple(theme.value for theme in ThemeName), "theme"), "auto", "The colours.", flag="--theme"
    ),
    Setting("plain", _YES_OR_NO, False, "Line by line, without a screen.", flag="--plain"),
    Setting("warm", _YES_OR_NO, False, "Load the model of a new chat at the first key that writes in it."),
    Setting("context-warning", _YES_OR_NO, True, "Warn of a prompt that will not fit into the context."),
    Setting("no-history", _YES_OR_NO, False, "Forget what was typed when the program ends.", "OLLAMA_NOHISTORY"),
    Setting(
        "data-dir",
        _TEXT,
        "",
        "Where chats are kept; else the data directory of the system.",
        flag="--data-dir",
        example="/home/me/chats",
    ),
    Setting(
        "log-file",
        _TEXT,
        "",
        "Where the log is written; else the log directory of the system.",
        flag="--log-file",
        example="/tmp/chinwag.log",
    ),
    Setting("log-level", Choice(LEVELS, "level"), "warning", "How much the log says.", flag="--log-level"),
    Setting("timeouts.connect", _SECONDS, _LIMITS.time.connect, "To connect.", flag="--timeout (ask)"),
    Setting(
        "timeouts.first-byte",
        _SECONDS,
        _LIMITS.time.first_byte,
        "Silence before a reply begins: a model that is loaded is silent for minutes.",
        flag="--timeout (ask)",
    ),
    Setting("timeouts.idle", _SECONDS, _LIMITS.time.idle, "Silence within a reply.", flag="--timeout (ask)"),
    Setting("timeouts.survey", _SECONDS, _LIMITS.time.survey, "Short questions, such as which models there are."),
    Setting(
        "limits.history", Whole(0, 100_000), _LIMITS.max_message_history, "Earlier messages sent along with a prompt."
    ),
    Setting(
        "limits.streams",
        Whole(1, 64),
        _LIMITS.max_concurrent_streams,
        "Replies at the same time; what is more waits.",
        flag="--jobs (ask)",
    ),
    Setting("limits.queued-prompts", Whole(1, 10_000), _LIMITS.max_queued_prompts, "Prompts that may wait."),
    Setting("limits.prompt-bytes", Whole(1, 64 * _MIB), _LIMITS.max_prompt_bytes, "The longest prompt."),
    Setting("limits.reply-bytes", Whole(1024, 256 * _MIB), _LIMITS.max_reply_bytes, "The longest reply."),
    Setting("limits.line-bytes", Whole(1024, 256 * _MIB), _LIMITS.max_line_bytes, "The longest line of a server."),
)
"""Those outside of a table first, those of a table together: so they stand in the file."""

_SAMPLE_PRESET = (
    "[presets.brief]",
    'model = "llama3.2"',
    'system = "Be brief."',
    "options = { temperature = 0.2, num_predict = 200 }",
    'think = false  # or true, "low", "medium", "high"',
    'format = "json"  # or a file with a JSON schema',
    'keep_alive = "10m"',
    "truncate = true",
    "shift = true",
)
_SAMPLE_SERVER = (
    "[servers.big]",
    'url = "https://ollama.example.com"',
    'dialect = "ollama"  # or "openai"',
    'headers = { X-Team = "blue" }',
    'user = "me"',
    'password_env = "BIG_PASSWORD"  # or password_keyring = ["chinwag", "me"]',
    'key_env = "BIG_KEY"  # or key_keyring = ["chinwag", "big"]',
    'proxy = "http://10.0.0.1:3128"  # or ca_file = "own.pem", the certificates to trust',
    "timeouts = { connect = 5, first-byte = 600, idle = 60, survey = 5 }",
    "max_streams = 2",
    "",
    "[servers.small]",
    'url = "10.0.0.6"',
)
SECTIONS: tuple[Section, ...] = (
    Section(
        SERVERS,
        'Servers by name: server = "big", --server big or /server big has one answer.',
        _check_servers,
        _sample_of_servers,
    ),
    Section(
        PRESETS,
        "What can be set in a chat, under names: /preset and ask --preset use them.",
        _check_presets,
        _sample_of_presets,
    ),
    Section(
        "keys", "Keys of your own: a key, several, or [] for none.", _check_keys, _sample_of_keys, only_screen=True
    ),
)

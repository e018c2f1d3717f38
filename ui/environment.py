"""The environment variables that are heeded: one table, of which the man page and README tell."""

from ui.configuration_keys import SETTINGS

_OTHERS = (
    ("CHINWAG_CONFIG", "the configuration file, as --config names it"),
    ("OLLAMA_EDITOR, VISUAL, EDITOR", "the editor that Ctrl-G opens; the first that is set"),
    ("OLLAMA_API_KEY", "the key that is sent to the server"),
    ("NO_COLOR", "no colours, unless a theme is named (no-color.org)"),
    ("FORCE_HYPERLINK", "0 for no links, else links, whatever the terminal is known to have"),
    (
        "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "proxies, and where none is wanted; this machine never needs one",
    ),
    ("LC_ALL, LC_CTYPE, LANG", "whether the terminal shows UTF-8"),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "where the configuration, the chats and the log belong"),
)


def environment() -> list[tuple[str, str]]:
    """Return each variable, with what it is for; those of the settings first."""
    settings = [(one.variable, f"`{one.name}`: {_begun(one.help)}") for one in SETTINGS if one.variable]
    return [*settings, *_OTHERS]


def _begun(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].removesuffix(".")

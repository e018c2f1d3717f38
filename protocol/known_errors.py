"""What servers say when something is wrong, and what to do about it.

The words are those of Ollama and of llama.cpp beneath it (server/, llm/server.go, tools/server), and of vLLM and LM
Studio where theirs are known. A server's own words are always shown; this adds what they mean.
"""

import re

from protocol.message import Value
from protocol.server_settings import Dialect

_OTHER = "choose another with /model or -m"


class Meaning(Value, frozen=True):
    """What an error of a server means."""

    happened: str = ""
    """In place of saying merely that the server refused; without an end."""
    advice: str = ""


class _Known(Value, frozen=True):
    """What servers say, and what it means."""

    words: str
    """A pattern. What its group `name` finds can be named in the advice."""
    happened: str = ""
    ollama: str = ""
    """What to do; `{name}` is what the words name, else the model."""
    openai: str | None = None
    """The same for a server of the other dialect, where that is something else."""


_KNOWN: tuple[_Known, ...] = (
    _Known(
        r"model ['\"`]?(?P<name>[^'\"` ]+)['\"`]? (not found|does not exist)",
        "The server does not have this model",
        f"Get it with /pull {{name}} (in a shell `chinwag models pull {{name}}`), or {_OTHER}.",
        f"{_OTHER.capitalize()}.",
    ),
    _Known(
        r"does not support thinking",
        "This model cannot think",
        "Switch that off with /set nothink, or choose another with /model or -m.",
    ),
    _Known(
        r"does not support tools",
        "This model cannot use tools",
        "Choose one that can with /model or -m: /models says which.",
    ),
    _Known(
        r"does not support (multimodal|image|vision)|multimodal data provided|image input is not supported",
        "This model cannot see images",
        "Choose one that can with /model or -m (/models says which), or send it without the image.",
    ),
    _Known(
        r"exceeds? the (available )?context (size|length|window)|maximum context length|context length exceeded",
        "The prompt is too long for the context of the model",
        "Enlarge that with /set num_ctx N, sum the chat up with /compact, or let the server cut it: /set truncate on.",
        "Sum the chat up with /compact, or have the server started with a larger context.",
    ),
    _Known(
        r"requires more system memory|out of memory|cudamalloc|failed to allocate",
        "The model does not fit into the memory of the server",
        "Make its context smaller with /set num_ctx N, unload others with /unload NAME, or choose a smaller model.",
        "Choose a smaller model with /model or -m.",
    ),
    _Known(
        r"exceeds file size|(unable|failed) to load( the)? model|error loading model|invalid file magic"
        r"|unknown model architecture",
        "The model could not be loaded",
        f"Its file may be damaged, or too new for the server: get it again with /pull {{name}}, or {_OTHER}.",
        f"Its file may be damaged, or too new for the server: {_OTHER}.",
    ),
    _Known(
        r"option ['\"](?P<name>\w+)['\"] must be of type",
        "An option has a value of the wrong type",
        "Correct it with /set {name} VALUE.",
    ),
    _Known(
        r"json[_ ]schema|unrecognized schema|failed to parse grammar|invalid format",
        "The server cannot use this format",
        "Correct the JSON schema, or take the format back with /set noformat.",
    ),
    _Known(
        r"encountered while running the model|runner (process )?(died|crashed|has (unexpectedly )?(stopped|terminated))"
        r"|no longer running",
        "The process that runs the model ended",
        "Send again; where it ends again, the log of the server says why.",
    ),
    _Known(r"model is required", "No model was named", "Choose one with /model or -m."),
    _Known(
        r"invalid model name",
        "This is no name of a model",
        "Write it like llama3.2:1b, or choose one with /model or -m.",
    ),
    _Known(
        r"illegal base64|cannot decode (or download )?image|failed to (load|decode) image|invalid image",
        "The server cannot read the image",
        "Send it as PNG or JPEG, or without the image.",
    ),
    _Known(
        r"^unexpected eof|^json: |^invalid character|missing request body|is too short - 'messages'",
        "The server cannot make sense of the request",
        "Something on the way may have changed it; where nothing is, please report it as a mistake of chinwag.",
    ),
    _Known(
        r"pull model manifest: file does not exist",
        "The registry does not have this model",
        "Check the name: https://ollama.com/library has them all.",
    ),
    _Known(
        r"pull model manifest",
        "The server cannot reach the registry of the models",
        "Check the server's way to the internet, then try again.",
    ),
    _Known(r"loading model|server busy|overloaded|rate limit", "", "Try again in a moment."),
    _Known(
        r"no models? (is |are )?loaded",
        "The server has no model loaded",
        "Load one there, then send again.",
    ),
)
_COMPILED = tuple((re.compile(known.words, re.IGNORECASE), known) for known in _KNOWN)


def meaning_of(words: str, model: str = "", dialect: Dialect = Dialect.OLLAMA) -> Meaning | None:
    """Return what a server means by `words`, said of `model`; None for words that nobody knows."""
    for pattern, known in _COMPILED:
        if found := pattern.search(words):
            advice = known.openai if dialect is Dialect.OPENAI and known.openai is not None else known.ollama
            named = found.groupdict().get("name") or model or "NAME"
            return Meaning(known.happened, advice.replace("{name}", named))
    return None

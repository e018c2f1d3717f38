"""What the settings mean for one run of the engine."""

import logging
from pathlib import Path

import platformdirs
from msgspec.structs import replace

from protocol.access_advice import KEY_VARIABLE
from protocol.limits import ResourceLimits, TimeLimits
from protocol.server_address import parse_server, with_own_key
from protocol.server_settings import EmbeddedUse, ServerSettings
from ui.settled import Settled

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def limits_of(settled: Settled) -> ResourceLimits:
    """Return how much of everything there may be, and for how long a server may be silent."""
    time = TimeLimits(
        settled.seconds("timeouts.connect"),
        settled.seconds("timeouts.first-byte"),
        settled.seconds("timeouts.idle"),
        settled.seconds("timeouts.survey"),
    )
    return ResourceLimits(
        max_message_history=settled.whole("limits.history"),
        max_concurrent_streams=settled.whole("limits.streams"),
        max_queued_prompts=settled.whole("limits.queued-prompts"),
        max_prompt_bytes=settled.whole("limits.prompt-bytes"),
        max_line_bytes=settled.whole("limits.line-bytes"),
        max_reply_bytes=settled.whole("limits.reply-bytes"),
        time=time,
    )


def server_of(settled: Settled, embedded: bool) -> ServerSettings:
    """Return who answers: a server that was named is used or reported, never replaced behind the user's back.

    Raises InterfaceError for an address that cannot be.
    """
    if embedded:
        return ServerSettings(embedded=EmbeddedUse.ALWAYS)
    named = settled.find("server")
    text = str(named.value)
    given = named.source == "--host" or bool(text)
    server = parse_server(text)
    if settled.variable(KEY_VARIABLE):
        server = with_own_key(server)
    return replace(server, embedded=EmbeddedUse.NEVER if given else EmbeddedUse.FALLBACK)


def data_dir_of(settled: Settled) -> Path:
    """Return where chats are kept."""
    named = settled.text("data-dir")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("chinwag"))


def log_file_of(settled: Settled) -> Path | None:
    """Return the log that the user has named, if one was."""
    named = settled.text("log-file")
    return Path(named).expanduser() if named else None


def log_level_of(settled: Settled) -> int:
    """Return how much the log says, as `logging` has it."""
    return _LEVELS[settled.text("log-level")]

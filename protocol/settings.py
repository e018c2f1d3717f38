"""What one run of the engine is set to."""

from pathlib import Path

from protocol.identity import ServerName
from protocol.limits import ResourceLimits
from protocol.message import Value
from protocol.presets import PresetSettings
from protocol.retry import RetryPolicy
from protocol.server_settings import ServerSettings


class EngineSettings(Value, frozen=True):
    """How the engine behaves, whatever face it has."""

    server: ServerSettings = ServerSettings()
    limits: ResourceLimits = ResourceLimits()
    retry: RetryPolicy = RetryPolicy()
    wait_for_server: bool = True
    """Keep prompts for a server that is away, and look for it; False ends them as failed."""
    survey_interval: float = 2.0
    """Seconds between two looks at a server that is away."""
    data_dir: Path | None = None
    """Where conversations are kept; None for nowhere."""
    keep_input: bool = True
    """Remember what is typed for later runs; not where OLLAMA_NOHISTORY is set."""
    adopts: bool = True
    """Take over what runs that died have left waiting, and send it."""
    state_file: Path | None = None
    """Where the model used last is remembered; None for nowhere."""
    trace_file: Path | None = None
    """Where every message is written down; None for nowhere."""
    presets: tuple[PresetSettings, ...] = ()
    """Of the configuration, in its order; no name is there twice."""
    version: str = "0"
    """This program's, told to servers."""
    others: tuple[ServerSettings, ...] = ()
    """The servers beside the default one, in the order of the configuration; no name is there twice."""
    pool: tuple[ServerName, ...] = ()
    """Those of the servers that are the pool: each has a name."""
    pooled: bool = False
    """The pool answers where nothing else is said; the default server is one of it then."""

    @property
    def servers(self) -> tuple[ServerSettings, ...]:
        """All of them; the first is the default."""
        return (self.server, *self.others)

"""Bounds on everything that could grow or hang."""

import msgspec

from protocol.message import Value

MIB = 1024 * 1024


class TimeLimits(Value, frozen=True):
    """How long a server may be silent, in seconds, by phase."""

    connect: float = 5.0
    first_byte: float = 600.0
    """Minutes: Ollama sends no header until the model is loaded and the prompt is read."""
    idle: float = 60.0
    """Between two reads of a body."""
    survey: float = 5.0
    """For the short requests: health, version, lists of models."""


class ResourceLimits(Value, frozen=True):
    """How much of everything there may be."""

    max_message_history: int = 200
    """Earlier messages sent along with a prompt."""
    max_concurrent_streams: int = 4
    """Over all conversations; the rest wait in the queue."""
    max_queued_prompts: int = 100
    max_prompt_bytes: int = MIB
    chunk_buffer_size: int = 1024
    """Chunks that one reader may have in flight to the Accumulator."""
    max_line_bytes: int = 8 * MIB
    """As in Ollama's own clients."""
    max_reply_bytes: int = 16 * MIB
    max_hidden_characters: int = 256 * 1024
    """Of what was said in the conversations that are not shown: more than that is on disk only."""
    time: TimeLimits = TimeLimits()

    def with_silence(self, seconds: float) -> "ResourceLimits":
        """Return these limits with no time limit above `seconds`, and the waits for a reply exactly that long."""
        names = TimeLimits.__struct_fields__
        shorter = {name: min(seconds, getattr(self.time, name)) for name in names}
        longer = {"first_byte": seconds, "idle": seconds}
        return msgspec.structs.replace(self, time=TimeLimits(**{**shorter, **longer}))

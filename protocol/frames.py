"""What a chat stream is made of, whatever dialect the server speaks."""

from protocol.chat import ToolCall
from protocol.message import Message, Value
from protocol.server_settings import Dialect


class Metrics(Value, frozen=True):
    """A server's final statistics (api.md, "Response"): durations in nanoseconds, counts in tokens; None if unsaid."""

    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None

    @property
    def tokens_per_second(self) -> float | None:
        """Generation speed; None for replies too short to tell (one token counts as 1000 ns at the server)."""
        if not self.eval_duration or not self.eval_count or self.eval_count < 2:
            return None
        return self.eval_count / (self.eval_duration / 1e9)

    @property
    def context_tokens(self) -> int:
        """How many tokens of the model's context are now in use."""
        return (self.prompt_eval_count or 0) + (self.eval_count or 0)


class Chunk(Message, frozen=True):
    """A piece of a reply."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()

    @property
    def size(self) -> int:
        """Characters carried: what a bound on memory counts."""
        calls = sum(len(call.name) + len(call.arguments) for call in self.tool_calls)
        return len(self.text) + len(self.thinking) + calls


class Completion(Message, frozen=True):
    """The server says that the reply is done."""

    reason: str = "stop"
    """`stop`, `length`, `load` or `unload`; other servers may have other words."""
    metrics: Metrics = Metrics()


class ErrorLine(Message, frozen=True):
    """The server reports an error inside a stream that began well."""

    words: str
    dialect: Dialect = Dialect.OLLAMA
    """In which it was said: what to do may depend on it."""


Frame = Chunk | Completion | ErrorLine

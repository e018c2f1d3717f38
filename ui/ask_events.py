"""What `chinwag ask --json` prints: one event a line."""

from msgspec import UNSET, UnsetType

from protocol.frames import Metrics
from protocol.message import Message

VERSION = 1

SCHEMA = """\
With --json it prints one JSON object a line, of version 1 of this schema; a
reader skips types and fields that it does not know. All characters that a
terminal could obey are escaped.

  {"type": "start", "version": 1, "model": MODEL, "chat": ID}
  {"type": "thinking", "text": TEXT}
  {"type": "text", "text": TEXT}               the reply is all of them joined
  {"type": "tool_call", "name": NAME, "arguments": JSON-TEXT}
  {"type": "note", "text": TEXT}               it is tried again, and the like
  {"type": "end", "state": STATE, "reason": REASON, "metrics": METRICS}
  {"type": "error", "message": TEXT, "advice": TEXT, "category": CATEGORY,
   "kind": KIND, "status": HTTP-STATUS}

STATE is done, cut (at the length limit),
cancelled or interrupted; METRICS are what the server counted: total_duration,
load_duration, prompt_eval_duration, eval_duration in nanoseconds,
prompt_eval_count, eval_count in tokens, null where it said nothing. Where the
reply does not fit --format, end has a misfit, a sentence. CATEGORY is
network, protocol, server, application or ui. Each prompt ends with one end or
one error. With --prompts each event has an id, too: that of its line, or the
number of the line; events of several prompts come as they happen."""


class AskEvent(Message, frozen=True, tag_field="type", omit_defaults=True):
    """One line. `id` is that of the prompt, where there are many."""


class Start(AskEvent, frozen=True, tag="start"):
    """A prompt is sent."""

    version: int
    model: str
    chat: str
    id: str | int | UnsetType = UNSET


class Thinking(AskEvent, frozen=True, tag="thinking"):
    """The next piece of what the model thinks."""

    text: str
    id: str | int | UnsetType = UNSET


class Text(AskEvent, frozen=True, tag="text"):
    """The next piece of the reply."""

    text: str
    id: str | int | UnsetType = UNSET


class Called(AskEvent, frozen=True, tag="tool_call"):
    """The model calls a tool, which nobody does."""

    name: str
    arguments: str
    id: str | int | UnsetType = UNSET


class Note(AskEvent, frozen=True, tag="note"):
    """Something to know."""

    text: str
    id: str | int | UnsetType = UNSET


class End(AskEvent, frozen=True, tag="end"):
    """The reply is over."""

    state: str
    reason: str
    metrics: Metrics
    misfit: str = ""
    id: str | int | UnsetType = UNSET


class Error(AskEvent, frozen=True, tag="error"):
    """There will be no reply, or no more of it."""

    message: str
    advice: str
    category: str
    kind: str
    status: int | None
    id: str | int | UnsetType = UNSET


Id = str | int | UnsetType
"""Of a prompt; UNSET where there is only one."""

"""Answers of a server that speaks as OpenAI's does, and what those that were recorded say.

As in `tests.support.recordings`, the meaning is computed with the standard library alone.
"""

import json
from collections.abc import Iterable
from typing import Any

from tests.support.answers import head
from tests.support.recordings import Expected, Recording, recordings
from tests.support.wire import Answer, Send, SendChunk, Step

CHAT = "/v1/chat/completions"
DONE = SendChunk(b"data: [DONE]\n\n")


def openai_recordings() -> tuple[Recording, ...]:
    """Return the recordings of chats in this dialect, sorted by name."""
    return tuple(each for each in recordings() if (each.method, each.path) == ("POST", CHAT))


def sse_chat(parts: Iterable[str | Step], reason: str = "stop") -> Answer:
    """Stream `parts`: texts as events of a reply, steps as they are; then the end of the reply."""
    return (*sse_opening(parts), finish(reason), DONE, SendChunk(b""))


def sse_opening(parts: Iterable[str | Step]) -> Answer:
    """Begin a streamed reply, without an end."""
    return (
        Send(head(200, "text/event-stream")),
        *(delta(content=part) if isinstance(part, str) else part for part in parts),
    )


def delta(**fields: object) -> SendChunk:
    """One event of a reply."""
    return event({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]})


def finish(reason: str = "stop") -> SendChunk:
    """The event that says why the reply ends."""
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def event(value: object) -> SendChunk:
    """An event with this value."""
    return SendChunk(b"data: " + json.dumps(value).encode() + b"\n\n")


def expect_openai(recorded: Recording) -> Expected:
    """Return what a recorded answer says."""
    if recorded.status != 200:
        return Expected(error=json.loads(recorded.body)["error"]["message"], ended_by="status")
    if not recorded.body.startswith(b"data: "):
        return _meaning([json.loads(recorded.body)], done=True)
    data = [each.removeprefix(b"data: ") for each in recorded.body.split(b"\n\n") if each]
    return _meaning([json.loads(each) for each in data if each != b"[DONE]"], done=data[-1] == b"[DONE]")


def _meaning(events: list[dict[str, Any]], done: bool) -> Expected:
    choices = [choice for each in events for choice in each["choices"]]
    messages = [choice.get("delta") or choice.get("message") or {} for choice in choices]
    calls = [call for message in messages for call in message.get("tool_calls", ())]
    usage = next((each["usage"] for each in events if "usage" in each), None)
    reasons = [choice["finish_reason"] for choice in choices if choice["finish_reason"]]
    return Expected(
        text="".join(message.get("content") or "" for message in messages),
        thinking="".join(message.get("reasoning") or "" for message in messages),
        tool_calls=tuple((c["function"]["name"], json.loads(c["function"]["arguments"]), c["id"]) for c in calls),
        done_reason=reasons[-1].replace("tool_calls", "stop") if done else None,
        metrics={"prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"]}
        if usage
        else None,
        ended_by="done" if done else "eof",
    )

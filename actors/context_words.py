"""The answer to /context: how full it is, what counts, and what of that is an estimate."""

from protocol.attachments import words_sent
from protocol.chat import Conversation
from protocol.context_size import Counted, reread, room_of, size_of
from protocol.models import ServerSurvey
from protocol.reply import Finished
from protocol.tree import Answered, Node, history, pairs_that_count, told

_CURES = "/compact sums up the older part, /new begins a new chat."


def describe_context(path: list[Node], what: Conversation, survey: ServerSurvey | None, limit: int) -> str:
    """Say how much of its model's context a conversation fills, and which of its messages are sent, a line each.

    `path` is what was said, and `limit` how many messages are sent at most.
    """
    sent = len(history(path, limit))
    lines = [_fullness(path, what, survey), _messages(path, what, sent, 2 * len(told(path)), limit)]
    return "\n".join([*lines, _CURES] if sent else lines)


def counted(exchange: Answered) -> Counted:
    """An exchange as it counts."""
    prompt, reply = exchange
    metrics = reply.ending.metrics if isinstance(reply.ending, Finished) else None
    read = words_sent(prompt.text, prompt.attachments)
    return Counted(read, reread(reply.text, reply.tool_calls), reply.thinking, reply.model, metrics, prompt.keeps)


def _fullness(path: list[Node], what: Conversation, survey: ServerSurvey | None) -> str:
    if what.model is None:
        return "No model is chosen yet: how much it holds is not known."
    size = size_of([counted(one) for one in pairs_that_count(path)], what.model, what.system)
    used = f"{'' if size.is_exact else 'about '}{size.used:,} tokens"
    how = "as the server counted them" if size.is_exact else "an estimate"
    room = room_of(what.model, what.parameters, survey)
    if not room:
        return f"Context: {used} ({how}). The server does not say how many {what.model} has room for."
    return f"Context: {used} of {room:,}, {round(100 * size.used / room)} % ({how}), with {what.model}."


def _messages(path: list[Node], what: Conversation, sent: int, all_told: int, limit: int) -> str:
    parts = [f"{sent} message{'s' * (sent != 1)} of this chat go with the next prompt"]
    if what.system:
        parts.append("the system prompt, too")
    summary = next((one for one, _ in reversed(told(path)) if one.keeps is not None), None)
    if summary is not None:
        parts.append("the first of them a summary of what was said before")
    left_out = all_told - sent
    if left_out:
        parts.append(f"{left_out} older ones are left out, because at most {limit} are sent")
    return "; ".join(parts) + "."

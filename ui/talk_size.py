"""How many tokens a conversation will have with its next prompt, as far as the screen knows it."""

from protocol.attachments import words_sent
from protocol.context_size import Counted, Size, reread, size_of
from ui.conversation import Conversation
from ui.turn import Turn


def talk_size(conversation: Conversation) -> Size:
    """Return how much was said on the path that is shown. Found out once for each state of the talk: it takes longer
    the more was said."""
    last = conversation.last_turn
    turn = conversation.entries[last] if last is not None else None
    attempt = turn.attempt if isinstance(turn, Turn) else None
    state = turn.state if isinstance(turn, Turn) else None
    said = conversation.generation, last, attempt and attempt.stream, state, len(conversation.open)
    key = *said, conversation.model, conversation.system, len(conversation.cut)
    if conversation.sized is None or conversation.sized[0] != key:
        turns = [entry for entry in conversation.entries if isinstance(entry, Turn)]
        conversation.sized = key, size_of_turns(conversation, turns)
    return conversation.sized[1]


def size_of_turns(conversation: Conversation, turns: list[Turn]) -> Size:
    """Return how much is said in these turns, of which those count that have a reply and are over."""
    over = [turn for turn in turns if turn.id not in conversation.open and counts(turn)]
    path = [counted(turn, conversation) for turn in over]
    return size_of(path, conversation.model or "", conversation.system)


def has_exchanges(conversation: Conversation) -> bool:
    """Tell whether anything was said that could be summed up."""
    turns = (entry for entry in conversation.entries if isinstance(entry, Turn))
    return any(turn.id not in conversation.open and counts(turn) for turn in turns)


def counts(turn: Turn) -> bool:
    """Tell whether a model is sent it with later prompts."""
    reply = turn.attempt
    answered = reply is not None and bool(reply.answer or reply.tool_calls or reply.images)
    return answered and (turn.keeps is None or turn.is_summary)


def counted(turn: Turn, conversation: Conversation) -> Counted:
    """Return a turn that has a reply as it counts."""
    attempt = turn.attempt
    assert attempt is not None
    answer, thinking = reread(str(attempt.answer), attempt.tool_calls), str(attempt.thinking)
    cut = attempt.stream in conversation.cut
    prompt = words_sent(turn.prompt, turn.attachments)
    return Counted(prompt, answer, thinking, attempt.model, attempt.metrics, turn.keeps, cut)

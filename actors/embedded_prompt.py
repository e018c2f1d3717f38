"""From a conversation to the one text that the embedded model continues, in ChatML, trimmed to what it can read."""

import re
from collections.abc import Callable, Sequence

from protocol.chat import ChatMessage, Role
from protocol.errors import ServerRefusal

CONTEXT_TOKENS = 8192
"""What the model can hold, prompt and answer together; past it, it writes junk without an error."""
ANSWER_TOKENS = 1024
PROMPT_TOKENS = CONTEXT_TOKENS - ANSWER_TOKENS

_DEFAULT_SYSTEM = ChatMessage(Role.SYSTEM, "You are a helpful AI assistant named SmolLM, trained by Hugging Face")
"""What the model was trained with (its chat template), so what it answers best to."""
_ANSWER = "<|im_start|>assistant\n"
_CONTROL = re.compile(r"<\|(?=(?:im_start|im_end|endoftext)\|>)")


def build_prompt(messages: Sequence[ChatMessage], count: Callable[[str], int], room: int = PROMPT_TOKENS) -> str:
    """Render `messages` so that they fit into `room` tokens as `count` counts them: the oldest turns are left out.

    The system messages and the last turn always stay; raises ServerRefusal if these alone do not fit.
    """
    system = "".join(_render(message) for message in _system_of(messages))
    turns = [message for message in messages if message.role is not Role.SYSTEM]
    room -= count(system) + count(_ANSWER)
    kept = _latest(turns, count, room)
    if room < 0 or (turns and not kept):
        raise ServerRefusal(
            f"The prompt is too long for the embedded model, which reads at most {PROMPT_TOKENS} tokens.",
            "Shorten it, or use a larger model on an Ollama server.",
        )
    return f"{system}{''.join(kept)}{_ANSWER}"


def _system_of(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    return [message for message in messages if message.role is Role.SYSTEM] or (_DEFAULT_SYSTEM,)


def _latest(turns: Sequence[ChatMessage], count: Callable[[str], int], room: int) -> list[str]:
    """Render as many of the last turns as fit. An answer whose question was left out is left out too."""
    kept: list[str] = []
    fitting = 0
    for turn in reversed(turns):
        text = _render(turn)
        room -= count(text)
        if room < 0:
            break
        kept.insert(0, text)
        if turn.role is not Role.ASSISTANT or not fitting:
            fitting = len(kept)
    return kept[len(kept) - fitting :]


def _render(message: ChatMessage) -> str:
    role = Role.USER if message.role is Role.TOOL else message.role
    return f"<|im_start|>{role}\n{_defuse(message.content)}<|im_end|>\n"


def _defuse(text: str) -> str:
    """Keep what looks like the model's own control words from being them, and lone surrogates from its tokenizer."""
    return _CONTROL.sub("< |", text.encode(errors="replace").decode())

"""An archive to be measured: many conversations, in words that are as common and as rare as those of a language."""

import random
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import accumulate
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from protocol.chat import Role
from protocol.frames import Metrics
from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord
from protocol.reply import Finished
from protocol.tree import Node
from protocol.turn import TurnState

RARE = "zyxomma"
"""Said in a few conversations only."""

_WORDS = 20_000
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tu",
    "sa",
    "vel",
    "do",
    "pi",
    "gan",
    "he",
    "sto",
    "ri",
    "ba",
    "lum",
    "fe",
    "qua",
    "ny",
    "to",
    "mer",
]
_RARE_EVERY = 2_500
_PROMPT, _REPLY = 12, 80
_DONE = Finished("stop", Metrics(eval_count=100, eval_duration=1_000_000_000))


def build(folder: Path, conversations: int, messages: int) -> Path:
    """Keep so many conversations of so many messages each; the same ones every time. Returns the file."""
    path, speaker = folder / FILE_NAME, _Speaker()
    with closing(Archive(path, "builder")) as archive:
        for number in range(conversations):
            archive.keep_record(_conversation(number, messages, speaker))
    return path


def name_of(number: int) -> ConversationId:
    """The id of a conversation."""
    return ConversationId(f"{random.Random(number).getrandbits(64):016x}")


def title_of(number: int) -> str:
    """The title of a conversation; no other begins so."""
    return f"Talk {number}: about the sea"


@cache
def vocabulary() -> list[str]:
    """All words that are said, the most common first."""
    chance = random.Random(1)
    words = ("".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(4 * _WORDS))
    return list(dict.fromkeys(words))[:_WORDS]


class _Speaker:
    """Says words by Zipf's law: the second is half as common as the first, the third a third."""

    def __init__(self) -> None:
        self._chance = random.Random(2)
        self._weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary()) + 1)))

    def say(self, about: int) -> str:
        """Some sentences of about so many words."""
        count = self._chance.randint(about // 2, about * 3 // 2)
        return " ".join(self._chance.choices(vocabulary(), cum_weights=self._weights, k=count))


def _conversation(number: int, messages: int, speaker: _Speaker) -> ConversationRecord:
    nodes = tuple(_messages(number, messages, speaker))
    created = float(number)
    return ConversationRecord(
        name_of(number), title_of(number), "tiny:1b", "", created, created, nodes[-1].id, messages=nodes
    )


def _messages(number: int, messages: int, speaker: _Speaker) -> Iterator[Node]:
    parent: MessageId | None = None
    for place in range(messages // 2):
        turn = MessageId(f"{name_of(number)}-{place}")
        reply = MessageId(f"{turn}#1")
        rare = f" {RARE}" if place == 0 and number % _RARE_EVERY == 0 else ""
        yield Node(turn, parent, Role.USER, speaker.say(_PROMPT) + rare, ending=_DONE, created=float(number))
        yield Node(
            reply,
            turn,
            Role.ASSISTANT,
            speaker.say(_REPLY),
            state=TurnState.DONE,
            ending=_DONE,
            model="tiny:1b",
            created=float(number),
        )
        parent = reply

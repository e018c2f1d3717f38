"""What `/compare` may ask for, and the keys of a comparison."""

from protocol.comparison import Contestant
from protocol.message import Message


class CompareAll(Message, frozen=True):
    """Have a prompt answered by all of these; the next one if it is empty."""

    contestants: tuple[Contestant, ...]
    prompt: str = ""


class CompareLook(Message, frozen=True):
    """Show the last comparison."""


class CompareRepeat(Message, frozen=True):
    """Ask all again."""


class ComparePick(Message, frozen=True):
    """Go on from an answer, by the number of its column."""

    number: int


class CompareJudge(Message, frozen=True):
    """Have a model judge; without a prompt, offer one."""

    model: str
    prompt: str = ""


class CompareMerge(Message, frozen=True):
    """Have a model merge; without a prompt, offer one."""

    model: str
    prompt: str = ""


class CompareDrop(Message, frozen=True):
    """Go on without any of the answers."""


CompareWord = CompareAll | CompareLook | CompareRepeat | ComparePick | CompareJudge | CompareMerge | CompareDrop

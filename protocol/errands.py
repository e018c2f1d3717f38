"""Errands: what may take as long as a disk or a command takes, done for the InputHandler by somebody else."""

from protocol.chat import Attachment
from protocol.mentions import Mention
from protocol.message import Message, Value


class LookAtFiles(Message, frozen=True):
    """Find out what these words would attach, without reading it."""

    number: int
    """Names the errand; the same goes for all that follow."""
    words: tuple[Mention, ...]


class GatherFiles(Message, frozen=True):
    """Read what these words mean."""

    number: int
    words: tuple[Mention, ...]
    images_only: bool = False
    """Nothing but images is wanted, and what is none is no mistake."""


class RunCommand(Message, frozen=True):
    """Run this in the user's shell."""

    number: int
    command: str


class SaveImages(Message, frozen=True):
    """Write images to files, under names of ours, and over none that is there."""

    number: int
    images: tuple[Attachment, ...]
    folder: str
    """Where; one that is not there is made."""
    name: str = ""
    """The name of the only one, where the user has given one."""


class Sight(Value, frozen=True):
    """What a word would attach."""

    name: str
    """As it is written."""
    files: int
    size: int
    """Bytes."""
    weight: int = 0
    """What the texts among them weigh (`protocol.tokens`), as they begin."""


class FilesSeen(Message, frozen=True):
    """The answer to LookAtFiles."""

    number: int
    sights: tuple[Sight, ...] = ()
    trouble: str = ""
    """Why it could not be attached as it is; empty where it could."""


class FilesGathered(Message, frozen=True):
    """The answer to GatherFiles."""

    number: int
    attachments: tuple[Attachment, ...] = ()
    passed_over: int = 0
    """How many files of a folder or a pattern are neither image nor text."""
    refusal: str = ""
    """Why nothing is attached."""


class CommandRan(Message, frozen=True):
    """The answer to RunCommand."""

    number: int
    output: str
    """What it printed, on both its outputs, in order."""
    end: str
    """How it ended, in words: `exit status 0`."""
    cancelled: bool = False
    """It was stopped by the user."""


class ImagesSaved(Message, frozen=True):
    """The answer to SaveImages."""

    number: int
    words: str
    """What became of it, a sentence."""


Errand = LookAtFiles | GatherFiles | RunCommand | SaveImages
ErrandNews = FilesSeen | FilesGathered | CommandRan | ImagesSaved

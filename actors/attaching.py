"""What goes with prompts on its way to them: files are read, commands run, and no prompt overtakes another."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

from actors.errands import Errands
from protocol.address import Address
from protocol.attaching import AttachingMessage, ImagesWanted, PathsPasted, TextWritten
from protocol.attachment_events import CommandEnded, CommandStarted, FilesAwaited, FilesMentioned, FilesOffered
from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.errands import (
    CommandRan,
    FilesGathered,
    FilesSeen,
    GatherFiles,
    ImagesSaved,
    LookAtFiles,
    RunCommand,
    SaveImages,
)
from protocol.identity import ConversationId
from protocol.input_handler import TextSubmitted
from protocol.mentions import Mention, mention_of, unknown
from protocol.ui import NoticePosted, UiEvent

_STOPPED = "It is not sent: Esc stopped the reading of what goes with it."
_RUNS_ALREADY = "A command runs here already: Esc stops it."
_NOTHING_THERE = "There is nothing at '{path}' to attach."
_NOTHING_PRINTED = "(it printed nothing)"
_PASSED_OVER = "Neither image nor text, and left out: {count} of the files."


@dataclass
class _Prompt:
    """One that is to be sent when what goes with it is there, and when those before it are."""

    message: TextSubmitted
    text: str
    attachments: tuple[Attachment, ...] = ()
    number: int | None = None
    """The errand that it waits for; None when it waits for nothing but its turn."""


@dataclass(frozen=True)
class _Offer:
    conversation: ConversationId
    paths: tuple[str, ...]
    pasted: str = ""
    """In whose place; empty where somebody has asked for it."""


@dataclass(frozen=True)
class _Command:
    conversation: ConversationId
    command: str


@dataclass
class _UnderWay:
    """What each errand is for."""

    prompts: dict[int, _Prompt] = field(default_factory=dict)
    offers: dict[int, _Offer] = field(default_factory=dict)
    commands: dict[int, _Command] = field(default_factory=dict)
    savings: dict[int, ConversationId] = field(default_factory=dict)
    look: tuple[int, TextWritten] | None = None
    next_look: TextWritten | None = None
    """Only the latest is of interest."""


class Attaching:
    """Owned by the InputHandler, and used in its thread only.

    `hand_over` takes a prompt with all that goes with it; `refuse` gives one back, with a reason.
    """

    def __init__(
        self,
        errands: Errands,
        ui: Address[UiEvent],
        hand_over: Callable[[TextSubmitted, str, tuple[Attachment, ...]], None],
        refuse: Callable[[TextSubmitted, str], None],
    ) -> None:
        self._errands = errands
        self._ui = ui
        self._hand_over = hand_over
        self._refuse = refuse
        self._numbers = count(1)
        self._waiting: dict[ConversationId, deque[_Prompt]] = {}
        self._under_way = _UnderWay()

    def submit(self, message: TextSubmitted, text: str) -> None:
        """Have a prompt handed over when what its words mean is read; at once where they mean nothing."""
        words = unknown(text, message.attachments)
        queue = self._waiting.setdefault(message.conversation, deque())
        prompt = _Prompt(message, text, message.attachments)
        queue.append(prompt)
        if words:
            prompt.number = next(self._numbers)
            self._under_way.prompts[prompt.number] = prompt
            self._ui.tell(FilesAwaited(message.conversation, len(queue)))
            self._errands.start(GatherFiles(prompt.number, words))
        self._release(message.conversation)

    def attach(self, conversation: ConversationId, path: str) -> None:
        """Offer the words that attach what is at a path, or say why not. A folder may lack the slash at its end."""
        number = next(self._numbers)
        self._under_way.offers[number] = _Offer(conversation, (path,))
        self._errands.start(GatherFiles(number, (_file_or_folder(path),)))

    def run(self, conversation: ConversationId, command: str) -> str:
        """Run a command; return why not, if something is in the way."""
        if any(one.conversation == conversation for one in self._under_way.commands.values()):
            return _RUNS_ALREADY
        number = next(self._numbers)
        self._under_way.commands[number] = _Command(conversation, command)
        self._ui.tell(CommandStarted(conversation, command))
        self._errands.start(RunCommand(number, command))
        return ""

    def cancel(self, conversation: ConversationId) -> bool:
        """Stop the command that runs in a conversation, else what is read for its prompts; False if nothing is."""
        numbers = [number for number, one in self._under_way.commands.items() if one.conversation == conversation]
        for number in numbers:
            self._errands.cancel(number)
        return bool(numbers) or self._give_back(conversation)

    def act(self, message: AttachingMessage) -> None:
        """Act on what is written and pasted, and on the news of errands. What nobody waits for is dropped."""
        match message:
            case TextWritten():
                self._look(message)
            case PathsPasted():
                self._recognise(message)
            case ImagesWanted(conversation=conversation, images=images, folder=folder, name=name):
                number = next(self._numbers)
                self._under_way.savings[number] = conversation
                self._errands.start(SaveImages(number, images, folder, name))
            case FilesSeen():
                self._tell_sights(message)
            case FilesGathered():
                self._take(message)
            case CommandRan(number=number):
                ran = self._under_way.commands.pop(number, None)
                if ran is not None:
                    self._ui.tell(_ended(ran, message))
            case ImagesSaved(number=number, words=words):
                asked_in = self._under_way.savings.pop(number, None)
                if asked_in is not None:
                    self._ui.tell(NoticePosted(asked_in, words))
            case _:
                assert_never(message)

    @property
    def waiting(self) -> list[str]:
        """The prompts that are not handed over yet, because something is still read for them or one before them."""
        return [prompt.text for queue in self._waiting.values() for prompt in queue]

    def give_up(self, why: str) -> None:
        """Something failed: give all prompts back that wait, and stop what runs."""
        for conversation in tuple(self._waiting):
            self._give_back(conversation, why)
        for number in self._under_way.commands:
            self._errands.cancel(number)

    def _release(self, conversation: ConversationId) -> None:
        """Hand over what waits for nothing any more."""
        queue = self._waiting[conversation]
        while queue and queue[0].number is None:
            prompt = queue.popleft()
            self._hand_over(prompt.message, prompt.text, prompt.attachments)

    def _give_back(self, conversation: ConversationId, why: str = _STOPPED) -> bool:
        queue = self._waiting.pop(conversation, deque[_Prompt]())
        for prompt in queue:
            if prompt.number is not None:
                self._under_way.prompts.pop(prompt.number, None)
                self._errands.cancel(prompt.number)
            self._refuse(prompt.message, why)
        if queue:
            self._ui.tell(FilesAwaited(conversation, 0))
        return bool(queue)

    def _take(self, news: FilesGathered) -> None:
        prompt = self._under_way.prompts.pop(news.number, None)
        offer = self._under_way.offers.pop(news.number, None)
        if prompt is not None:
            self._complete(prompt, news)
        elif offer is not None:
            self._offer(offer, news)

    def _complete(self, prompt: _Prompt, news: FilesGathered) -> None:
        conversation = prompt.message.conversation
        prompt.number = None
        if news.refusal:
            self._waiting[conversation].remove(prompt)
            self._refuse(prompt.message, news.refusal)
        prompt.attachments = (*prompt.attachments, *news.attachments)
        if news.passed_over:
            self._ui.tell(NoticePosted(conversation, _PASSED_OVER.format(count=news.passed_over)))
        self._release(conversation)
        self._ui.tell(FilesAwaited(conversation, len(self._waiting[conversation])))

    def _offer(self, offer: _Offer, news: FilesGathered) -> None:
        if len(news.attachments) >= len(offer.paths):
            words = " ".join(mention_of(_meant(path, news.attachments)) for path in offer.paths)
            self._ui.tell(FilesOffered(offer.conversation, words, offer.pasted))
        elif not offer.pasted:  # what was pasted stays what it is
            (path,) = offer.paths
            self._ui.tell(NoticePosted(offer.conversation, news.refusal or _NOTHING_THERE.format(path=path)))

    def _recognise(self, message: PathsPasted) -> None:
        number = next(self._numbers)
        self._under_way.offers[number] = _Offer(message.conversation, message.paths, message.pasted)
        paths = tuple(Mention((path,)) for path in message.paths)
        self._errands.start(GatherFiles(number, paths, images_only=True))

    def _look(self, message: TextWritten) -> None:
        """One look at a time: whoever types is faster than some disks."""
        if self._under_way.look is not None:
            self._under_way.next_look = message
            return
        number = next(self._numbers)
        self._under_way.look = number, message
        self._errands.start(LookAtFiles(number, message.words))

    def _tell_sights(self, news: FilesSeen) -> None:
        look, following = self._under_way.look, self._under_way.next_look
        if look is None or look[0] != news.number:
            return
        self._under_way.look = self._under_way.next_look = None
        self._ui.tell(FilesMentioned(look[1].conversation, look[1].words, news.sights, news.trouble))
        if following is not None:
            self._look(following)


def _file_or_folder(path: str) -> Mention:
    return Mention((path,) if path.endswith("/") else (path, f"{path}/"))


def _meant(path: str, attachments: tuple[Attachment, ...]) -> str:
    """How a path is to be written that means these: of a folder with a slash at its end."""
    folder = f"{path}/"
    return folder if all(one.name.startswith(folder) for one in attachments) else path


def _ended(ran: _Command, news: CommandRan) -> CommandEnded:
    said = news.output or _NOTHING_PRINTED
    attachment = Attachment(f"output of {ran.command} ({news.end})", OUTPUT, said.encode(errors="replace"))
    return CommandEnded(ran.conversation, ran.command, said, news.end, None if news.cancelled else attachment)

"""Many prompts, each for one model to answer."""

from collections.abc import Callable, Sequence

from protocol.attachments import words_sent
from protocol.chat import Attachment
from protocol.coordinator import StartConversation, Submit
from protocol.ui import ConversationStarted, ModelAsked, UiEvent
from ui.ask import Engine, refusal
from ui.ask_forewarning import AskForewarning
from ui.ask_prompts import PromptLine, PromptSource
from ui.inbox import Inbox
from ui.many_prompts import Answer, Asked, ManyPrompts


class AskingMany(ManyPrompts):
    """All prompts of a source. See ManyPrompts, too.

    `make` says where an answer is printed; `attachments` go with each prompt.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[UiEvent],
        source: PromptSource,
        begin: StartConversation,
        say: Callable[[str], None],
        most: int,
        forewarning: AskForewarning,
        make: Callable[[PromptLine], Answer],
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        super().__init__(engine, inbox, source, begin, say, most, forewarning)
        self._make_answer = make
        self._attachments = attachments

    def _make(self, line: PromptLine) -> Sequence[Answer]:
        return (self._make_answer(line),)

    def _ask(self, event: ConversationStarted, asked: Asked) -> None:
        (self._answers[event.conversation],) = asked.answers
        prompt = asked.line.prompt
        self._forewarning.ask(event, words_sent(prompt, self._attachments))
        self._engine.coordinator.tell(Submit(event.conversation, prompt, attachments=self._attachments))

    def _take_more(self, event: UiEvent) -> None:
        if isinstance(event, ModelAsked):
            self._refuse(event.conversation, refusal(event.question, "Name one with -m."))

    def _give_up(self, answer: Answer) -> None:
        """Its printer has said all."""

    def _sum_up(self) -> None:
        if self._failed:
            self._say(f"{self._failed} of {self._count} prompts failed.")

"""The headless comparison: every prompt goes to all, each in a chat of its own, and every answer is timed."""

from collections.abc import Callable, Sequence

from protocol.comparison import Compare, ComparisonBegan, Contestant
from protocol.coordinator import StartConversation
from protocol.identity import ConversationId
from protocol.reply import Finished, Stopped
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, TurnEnded, TurnMoved, UiEvent
from ui.ask import Engine
from ui.ask_forewarning import AskForewarning
from ui.ask_prompts import PromptLine, Prompts
from ui.compare_printers import Columns
from ui.inbox import Inbox
from ui.many_prompts import Answer, Asked, ManyPrompts
from ui.medians import Timing, medians_of, timing_of


class ComparingMany(ManyPrompts):
    """All prompts of a source, each for all contestants. See ManyPrompts, too.

    `columns` prints the answers; `clock` tells seconds that never go back. How long an answer took is counted from when
    it was asked for last, as the time to its first piece is. `kept`: the engine keeps what is said.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[UiEvent],
        source: Prompts,
        begin: StartConversation,
        say: Callable[[str], None],
        most: int,
        forewarning: AskForewarning,
        contestants: tuple[Contestant, ...],
        columns: Columns,
        clock: Callable[[], float],
        kept: bool = False,
    ) -> None:
        super().__init__(engine, inbox, source, begin, say, most, forewarning)
        self._contestants = contestants
        self._columns = columns
        self._clock = clock
        self._kept = kept
        self._began: dict[ConversationId, float] = {}
        """When answers under way were asked for last, in seconds."""
        self._timings: list[list[Timing]] = [[] for _ in contestants]

    def run(self) -> int:
        """See `ManyPrompts`."""
        self._columns.begin(self._contestants)
        return super().run()

    def _make(self, line: PromptLine) -> Sequence[Answer]:
        return [self._columns.answer(line, place) for place in range(len(self._contestants))]

    def _ask(self, event: ConversationStarted, asked: Asked) -> None:
        compare = Compare(event.conversation, self._contestants, asked.line.prompt)
        if self._kept:
            self._engine.archivist.tell(compare)
        else:
            self._engine.coordinator.tell(compare)

    def _take_more(self, event: UiEvent) -> None:
        match event:
            case ConversationStarted(column_of=parent) if parent in self._asked:
                self._forewarning.ask(event, self._asked[parent].line.prompt)
            case ComparisonBegan(conversation=conversation, comparison=comparison):
                columns = [column.conversation for column in comparison.columns]
                self._answers.update(zip(columns, self._asked[conversation].answers, strict=True))
            case TurnMoved(state=TurnState.CONNECTING, conversation=column) if column in self._answers:
                self._began[column] = self._clock()
            case _:
                pass

    def _end(self, event: TurnEnded, answer: Answer) -> bool:
        now = self._clock()
        seconds = now - self._began.pop(event.conversation, now)
        first_token = event.ending.first_token if isinstance(event.ending, Finished | Stopped) else 0.0
        answer.timed(first_token or None, seconds)
        good = super()._end(event, answer)
        self._timings[answer.place].append(timing_of(event, seconds) if good else Timing(True))
        return good

    def _give_up(self, answer: Answer) -> None:
        self._timings[answer.place].append(Timing(True))

    def _sum_up(self) -> None:
        labels = (who.label for who in self._contestants)
        self._columns.end([(label, medians_of(one)) for label, one in zip(labels, self._timings, strict=True)])

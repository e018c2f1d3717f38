"""What is compared, told in lines: each answer when it is whole, by its number."""

from protocol.compare_words import CompareJudge, CompareMerge
from protocol.comparison import (
    Column,
    ColumnKind,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonId,
    ComparisonShown,
    JudgeOffered,
)
from protocol.reply import Broken
from protocol.turn import TurnState
from protocol.ui import TurnEnded, UiEvent
from ui.conversation import Conversation
from ui.model import Model
from ui.speech import call_words, flat
from ui.turn import Turn
from ui.voices import Voices

_CHARACTERS = 60
_MISTAKE_CHARACTERS = 2000
_ENDS = {
    TurnState.DONE: "",
    TurnState.CUT: ", cut at the length limit",
    TurnState.CANCELLED: ", cancelled",
    TurnState.FAILED: ", failed",
    TurnState.INTERRUPTED: ", interrupted",
}
_HOW = "/compare pick N goes on from an answer, /compare drop without any."


class CompareTeller:
    """A part of the Teller, which has the model take in each event first. The lines are for the sanitiser still."""

    def __init__(self, model: Model, voices: Voices, interactive: bool) -> None:
        self._model = model
        self._voices = voices
        self._interactive = interactive
        self._verdicts: dict[ComparisonId, str] = {}

    def hear(self, event: UiEvent) -> list[str]:
        """Return what is to be said of an event."""
        shown = self._model.shown.id
        match event:
            case ComparisonBegan(conversation=conversation, comparison=comparison) if conversation == shown:
                return self._note(f"asked: {_listed(comparison)}")
            case ComparisonShown(conversation=conversation, comparison=comparison) if conversation == shown:
                self._verdicts.setdefault(comparison.id, comparison.verdict)
                return self._show(comparison) if event.asked or not comparison.decided else []
            case ComparisonChanged(conversation=conversation, comparison=comparison) if conversation == shown:
                return self._verdict(comparison)
            case JudgeOffered(conversation=conversation, prompt=prompt) if conversation == shown:
                return self._note(f"this is asked:\n{prompt}")
            case _:
                return []

    def end(self, event: TurnEnded) -> list[str] | None:
        """The same for the end of a turn; None for one that is no column's."""
        parent = self._model.conversations[event.conversation].column_of
        if parent is None:
            return None
        comparison = self._model.comparisons.of.get(parent)
        column = comparison.column(event.conversation) if comparison is not None else None
        if comparison is None or column is None or parent != self._model.shown.id:
            return []
        lines = self._tell(comparison, column, event) if column.kind is not ColumnKind.JUDGE else []
        done = self._interactive and not comparison.decided and not is_under_way(self._model)
        return [*lines, *self._note(_HOW)] if done else lines

    def _tell(self, comparison: Comparison, column: Column, event: TurnEnded) -> list[str]:
        words = [event.reply.text.strip("\n"), *map(call_words, event.reply.tool_calls)]
        if isinstance(event.ending, Broken):
            words.append(flat(str(event.ending.failure), _MISTAKE_CHARACTERS))
        return self._answer(comparison, column, event.state, words)

    def _show(self, comparison: Comparison) -> list[str]:
        """One from before: the answers that are whole, and what can be done."""
        lines = self._note(f"compared here: {_listed(comparison)}")
        for column in comparison.columns:
            turn = self._last(column)
            if turn is not None and turn.attempt is not None and column.kind is not ColumnKind.JUDGE:
                lines += self._answer(comparison, column, turn.state, [str(turn.attempt.answer).strip("\n")])
        return [*lines, *(self._note(_HOW) if self._interactive and not comparison.decided else [])]

    def _last(self, column: Column) -> Turn | None:
        talk = self._model.conversations.get(column.conversation)
        turns = [entry for entry in talk.entries if isinstance(entry, Turn)] if talk is not None else []
        return turns[-1] if turns else None

    def _answer(self, comparison: Comparison, column: Column, state: TurnState, words: list[str]) -> list[str]:
        end = _ENDS.get(state, ", under way")
        head, said = (
            f"answer {comparison.columns.index(column) + 1}, {_label(column)}{end}",
            "\n".join(filter(None, words)),
        )
        return self._note(f"{head}:\n{said}" if said else head)

    def _verdict(self, comparison: Comparison) -> list[str]:
        known = self._verdicts.get(comparison.id, "")
        self._verdicts[comparison.id] = comparison.verdict
        if comparison.verdict in ("", known):
            return []
        return self._note(f"the judge:\n{comparison.verdict}")

    def _note(self, text: str) -> list[str]:
        return self._voices.note(text)


def is_under_way(model: Model) -> bool:
    """Tell whether an answer is, of what is compared in the conversation that is shown."""
    return bool(under_way_of(model))


def under_way_of(model: Model) -> list[Conversation]:
    """Return the conversations in which such an answer is."""
    shown = model.shown.id
    return [one for one in model.conversations.values() if shown is not None and one.column_of == shown and one.open]


def question_put(offer: JudgeOffered) -> CompareJudge | CompareMerge:
    """What is sent to put an offered question as it is: without a screen nobody can change it."""
    kind = CompareMerge if offer.kind is ColumnKind.MERGE else CompareJudge
    return kind(offer.model, offer.prompt)


def _listed(comparison: Comparison) -> str:
    return ", ".join(f"{number}. {_label(column)}" for number, column in enumerate(comparison.columns, 1))


def _label(column: Column) -> str:
    return flat(column.contestant.label, _CHARACTERS)

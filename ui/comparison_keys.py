"""What the keys do while answers are compared."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocol.commands import Command, Version
from protocol.compare_words import CompareJudge, CompareLook, CompareMerge, ComparePick, CompareRepeat
from protocol.identity import ConversationId
from ui.comparison_pane import ComparisonPane
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import Action

if TYPE_CHECKING:
    from ui.answer_column import AnswerColumn
    from ui.comparison_view import ComparisonView

ChooseModel = Callable[[str, Callable[[str], None]], None]
"""Have a model chosen from a list with a title, and told to a function."""

Press = Callable[[ConversationId, Command], None]
"""Send a command to another conversation than the one that is shown."""

_ALONE, _TOGETHER = "only this answer scrolls", "all answers scroll together"
_ONE_VERSION, _UNDER_WAY = "this answer has no other version", "this answer is still on its way: Esc stops it"
_ONLY_HERE = frozenset(
    {
        Action.NEXT_ANSWER,
        Action.PREVIOUS_ANSWER,
        Action.PICK_ANSWER,
        Action.WIDEN,
        Action.TOGETHER,
        Action.DIFFERENCES,
        Action.JUDGE,
        Action.MERGE,
    }
)
_OF_THE_CHAT = frozenset(
    {
        Action.CONTINUE,
        Action.EDIT,
        Action.UNDO_PROMPT,
        Action.REDO_PROMPT,
    }
)
"""What these do is seen there."""


class ComparisonKeys:
    """Does what keys ask of a comparison. UI thread only. `submit` sends a command."""

    def __init__(
        self,
        pane: ComparisonPane,
        submit: Callable[[Command], None],
        press: Press,
        choose_model: ChooseModel,
        keymap: Keymap = DEFAULT_KEYMAP,
    ) -> None:
        self._pane = pane
        self._submit = submit
        self._press = press
        self._choose_model = choose_model
        self._keymap = keymap

    def does(self, action: Action | None) -> str | None:
        """Do what an action asks for, and return what is to be said; None where it asks nothing of a comparison."""
        if action is Action.COMPARISON:
            return self._toggle()
        view = self._pane.view
        if view is not None:
            return self._does_in(view, action)
        if action in _ONLY_HERE:
            shows = self._keymap.shown(Action.COMPARISON)
            return f"no answers are compared here: {shows} shows the last, /compare begins"
        return None

    def _does_in(self, view: "ComparisonView", action: Action | None) -> str | None:
        match action:
            case Action.PICK_ANSWER:
                self._submit(ComparePick(view.focus_place + 1))
            case Action.RETRY:
                self._submit(CompareRepeat())
            case Action.JUDGE:
                self._choose_model("Judge", lambda model: self._submit(CompareJudge(model)))
            case Action.MERGE:
                self._choose_model("Merge", lambda model: self._submit(CompareMerge(model)))
            case Action.DIFFERENCES:
                return self._pane.differ()
            case Action.CANCEL if self._pane.end_diff():
                pass
            case Action.WIDEN:
                self._pane.end_diff()
                view.alone = not view.alone
            case Action.TOGETHER:
                self._pane.end_diff()
                view.together = not view.together
                return _TOGETHER if view.together else _ALONE
            case Action.VERSION_BEFORE:
                return self._choose_version(view.focused, -1)
            case Action.VERSION_AFTER:
                return self._choose_version(view.focused, 1)
            case Action.THINKING:
                self._pane.end_diff()
                view.toggle_thinking()
            case _:
                if action in _OF_THE_CHAT:
                    self._pane.close()
                return None
        return ""

    def _choose_version(self, column: "AnswerColumn", step: int) -> str:
        """Have another version of an answer shown, which is the one that is picked then."""
        turn, here = column.turn, column.talk.id
        if column.talk.open:
            return _UNDER_WAY
        if turn is None or here is None or turn.reply_place.of < 2:
            return _ONE_VERSION
        self._pane.end_diff()
        column.follow()
        self._press(here, Version(step))
        return ""

    def _toggle(self) -> str:
        """Leave the answers, or have them shown: what has fallen asleep meanwhile is told again."""
        if self._pane.on_screen:
            self._pane.close()
        else:
            self._pane.open()
            self._submit(CompareLook())
        return ""

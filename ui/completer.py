"""Completes what is written in an editor, and offers what it can go on with."""

import urwid

from ui.candidates import Candidates
from ui.completion import Completion, Knowledge, complete
from ui.editor import Editor
from ui.keymap import Keymap
from ui.keys import Action


class Completer:
    """Watches one editor. UI thread only. Commands are offered without being asked for; Enter takes what is marked,
    and nothing is marked until somebody walks there."""

    def __init__(self, editor: Editor, knowledge: Knowledge, keymap: Keymap) -> None:
        self._editor = editor
        self._knowledge = knowledge
        self._keymap = keymap
        self._candidates: Candidates | None = None

    @property
    def rows(self) -> int:
        """How many rows the offers take where there is room."""
        return self._candidates.rows if self._candidates is not None else 0

    def draw(self, columns: int, rows: int) -> urwid.Canvas | None:
        """Draw the offers in at most so many rows; None where there are none, or no room."""
        return self._candidates.draw(columns, rows) if self._candidates is not None and rows else None

    def forget(self) -> None:
        """Offer nothing any more."""
        self._candidates = None

    def takes(self, key: str) -> bool:
        """Handle a key that walks the offers or takes one; any other is still to be handled."""
        candidates, action = self._candidates, self._keymap.action_of(key)
        if candidates is None:
            return False
        if key == "esc":
            self._candidates = None
        elif action is Action.COMPLETE or key == "down":
            if action is not Action.COMPLETE or not self._go_on(candidates.completion):
                candidates.walk(1)
        elif key == "shift tab" or (key == "up" and candidates.marked is not None):
            candidates.walk(-1)
        elif action is Action.SEND and candidates.marked is not None:
            self._take(candidates.completion, candidates.marked.text)
        else:
            return False
        return True

    def complete(self) -> None:
        """Write what all ways to go on have in common; where they are several, offer them."""
        found = complete(self._editor.before_cursor, self._knowledge)
        if found is not None and not self._go_on(found):
            self._candidates = Candidates(found)

    def follow(self) -> None:
        """Offer what fits what is written now."""
        shown = self._candidates is not None
        before = self._editor.before_cursor
        found = complete(before, self._knowledge) if shown or before.startswith("/") else None
        wanted = found is not None and (shown or found.by_itself) and not _is_written(found, before)
        self._candidates = Candidates(found) if found is not None and wanted else None

    def _go_on(self, completion: Completion) -> bool:
        """Write as much as is sure; False where nothing is."""
        only = len(completion.candidates) == 1
        written = self._editor.before_cursor[completion.start :]
        if not only and (len(completion.common) <= len(written) or not completion.common.startswith(written)):
            return False
        self._take(completion, completion.common)
        if not only:
            self._offer()
        return True

    def _take(self, completion: Completion, text: str) -> None:
        self._editor.write_over(completion.start, self._editor.edit_pos, text)
        self._candidates = None
        if text.endswith(("/", " ")):
            self._offer()

    def _offer(self) -> None:
        found = complete(self._editor.before_cursor, self._knowledge)
        self._candidates = Candidates(found) if found is not None else None


def _is_written(completion: Completion, before: str) -> bool:
    """Tell whether the only way to go on is written already."""
    return [one.text.rstrip() for one in completion.candidates] == [before[completion.start :]]

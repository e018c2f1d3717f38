"""What is read on the screen: the chat, or answers that are compared, and the keys that scroll it."""

import urwid

from ui.comparison_pane import ComparisonPane
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.keys import Action
from ui.model import Model
from ui.transcript import Transcript

Size = tuple[int, int]

SCROLLING = frozenset(
    {
        Action.PAGE_UP,
        Action.PAGE_DOWN,
        Action.ROW_UP,
        Action.ROW_DOWN,
        Action.TOP,
        Action.BOTTOM,
        Action.NEXT_ANSWER,
        Action.PREVIOUS_ANSWER,
    }
)
"""What is done here."""
_SCROLLING_WITHOUT_TEXT = {"home": Action.TOP, "end": Action.BOTTOM}
_STEPPING_WITHOUT_TEXT = {
    "tab": Action.NEXT_ANSWER,
    "right": Action.NEXT_ANSWER,
    "shift tab": Action.PREVIOUS_ANSWER,
    "left": Action.PREVIOUS_ANSWER,
}


class Reading:
    """Holds both, and hands on to the one that is on the screen. UI thread only. Sizes are those of the place where
    it is shown."""

    def __init__(self, words: KeyWords = DEFAULT_KEY_WORDS) -> None:
        self._chat = Transcript(words)
        self.comparison = ComparisonPane(words)

    @property
    def widget(self) -> urwid.Widget:
        """What is on the screen."""
        return self.comparison if self.comparison.on_screen else self._chat

    @property
    def transcript(self) -> Transcript:
        """The text that can be copied from: the chat, or the answer in focus."""
        column = self.comparison.focused
        return column.transcript if column is not None else self._chat

    @property
    def follows(self) -> bool:
        """True while the end of the chat is kept in view."""
        return self._chat.follows and not self.comparison.on_screen

    @property
    def behind(self) -> bool:
        """True when another frame is wanted, to show what was too much for the last one."""
        return self.comparison.behind if self.comparison.on_screen else self._chat.behind

    @property
    def growing(self) -> int:
        """How many answers that are compared are on the screen and still to end."""
        view = self.comparison.view
        return view.growing if view is not None else 0

    def show(self, model: Model, now: float, only_growth: bool) -> None:
        """Take over what changed in the model."""
        server = model.survey.server if model.survey else ""
        self._chat.show(model.shown, model.model_name, server, model.kept)
        self.comparison.show(model, now, only_growth)

    def meant_by(self, key: str, action: Action | None, writing: bool) -> Action | None:
        """Return what a key does here, which may be more where nothing is written."""
        if writing:
            return action
        stepping = _STEPPING_WITHOUT_TEXT.get(key) if self.comparison.on_screen else None
        return stepping or _SCROLLING_WITHOUT_TEXT.get(key) or action

    def scrolls(self, action: Action | None, size: Size) -> bool:
        """Scroll, or go to another answer, if that is what an action asks for."""
        match action:
            case Action.PAGE_UP:
                self.scroll(-1, size, pages=True)
            case Action.PAGE_DOWN:
                self.scroll(1, size, pages=True)
            case Action.ROW_UP:
                self.scroll(-1, size)
            case Action.ROW_DOWN:
                self.scroll(1, size)
            case Action.TOP if self.comparison.on_screen:
                self.comparison.to_top()
            case Action.TOP:
                self._chat.to_top(size)
            case Action.BOTTOM if self.comparison.on_screen:
                self.comparison.follow()
            case Action.BOTTOM:
                self._chat.follow()
            case Action.NEXT_ANSWER if self.comparison.on_screen:
                self.comparison.step(1)
            case Action.PREVIOUS_ANSWER if self.comparison.on_screen:
                self.comparison.step(-1)
            case _:
                return False
        return True

    def scroll(self, count: int, size: Size, pages: bool = False) -> None:
        """Move by so many rows, or pages; negative is up."""
        if self.comparison.on_screen:
            self.comparison.page(count) if pages else self.comparison.scroll(count)
        else:
            self._chat.scroll(count * max(1, size[1] - 2) if pages else count, size)

    def wheel(self, rows: int, column: int, size: Size) -> None:
        """Scroll what is at a column of the screen."""
        if self.comparison.on_screen:
            self.comparison.wheel(column, rows)
        else:
            self._chat.scroll(rows, size)

    def press(self, column: int, row: int) -> bool:
        """Have the answer in focus at a place of it; False where that does nothing."""
        if self.comparison.on_screen:
            self.comparison.press(column, row)
        return self.comparison.on_screen

    def jump(self, step: int, code: bool, size: Size) -> None:
        """Go to another message, or piece of code."""
        if self.comparison.on_screen:
            self.comparison.jump(step, code)
        else:
            self._chat.jump(step, code, size)

    def find(self, place: int, words: str, reply: bool, size: Size) -> None:
        """Go to where some words are said in the chat, in the prompt of an entry or in the reply to it."""
        self.comparison.close()
        self._chat.find(place, words, reply, size)

    def follow(self) -> None:
        """Show the end of the chat."""
        self._chat.follow()

    def show_last_entry(self, size: Size) -> None:
        """Show the beginning of the last entry of the chat, which may be longer than the screen."""
        self._chat.to_last_entry(size)

    def toggle_thinking(self) -> None:
        """Fold the thinking of all replies, or show it."""
        self._chat.toggle_thinking()

    def stop_marking(self) -> None:
        """Nothing is marked any more."""
        self.comparison.let_go()

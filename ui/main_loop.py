"""urwid's main loop, which draws when something may look different, and not whenever it has nothing else to do."""

from collections.abc import Iterable

import urwid


class ChatLoop(urwid.MainLoop):
    """After keys, and after `touch`, the screen is drawn before the loop waits. `draw_screen` draws at once."""

    _touched = True

    def touch(self) -> None:
        """Something may look different."""
        self._touched = True

    def process_input(self, keys: Iterable[str | tuple[str, int, int, int]]) -> bool:
        """Handle keys and what the mouse did."""
        self._touched = True
        return super().process_input(keys)

    def draw_screen(self) -> None:
        """Draw the screen."""
        self._touched = False
        super().draw_screen()

    def entering_idle(self) -> None:
        """Draw the screen if something may look different; urwid calls this before the loop waits."""
        if self._touched:
            super().entering_idle()

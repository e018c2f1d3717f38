"""The texts sent in this run, walked with Up and Down."""


class History:
    """A list of texts and a place in it; the place after the last is the text that is being written.

    What was changed at a place is kept while the reader walks on, so that no text is lost by looking around.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._changed: dict[int, str] = {}
        self._place = 0

    def add(self, text: str) -> None:
        """Remember a text as the latest, and go to the place after it. A draft left behind is remembered too."""
        draft = self._changed.get(len(self._texts), "")
        self._changed.clear()
        for one in (draft, text):
            if one.strip() and (not self._texts or self._texts[-1] != one):
                self._texts.append(one)
        self._place = len(self._texts)

    def older(self, current: str) -> str | None:
        """Leave `current` where it is and return the text before; None at the beginning."""
        return self._walk(-1, current)

    def newer(self, current: str) -> str | None:
        """Leave `current` where it is and return the text after; None at the end."""
        return self._walk(1, current)

    def _walk(self, step: int, current: str) -> str | None:
        place = self._place + step
        if not 0 <= place <= len(self._texts):
            return None
        self._changed[self._place] = current
        self._place = place
        written = self._texts[place] if place < len(self._texts) else ""
        return self._changed.get(place, written)

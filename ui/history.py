"""The texts sent in this run and before, walked with Up and Down, and searched."""

from collections.abc import Sequence


class History:
    """A list of texts and a place in it; the place after the last is the text that is being written.

    What was changed at a place is kept while the reader walks on, so that no text is lost by looking around.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._changed: dict[int, str] = {}
        self._place = 0

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._texts)

    def __getitem__(self, place: int) -> str:
        """The text at a place; 0 is the oldest."""
        return self._texts[place]

    def recall(self, texts: Sequence[str]) -> None:
        """Put texts of earlier runs, the oldest first, before all others. Whoever walks stays where he is."""
        older = [text for number, text in enumerate(texts) if text.strip() and texts[number - 1 : number] != [text]]
        self._texts[:0] = older
        self._changed = {place + len(older): text for place, text in self._changed.items()}
        self._place += len(older)

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
        return self.go(self._place - 1, current)

    def newer(self, current: str) -> str | None:
        """Leave `current` where it is and return the text after; None at the end."""
        return self.go(self._place + 1, current)

    def go(self, place: int, current: str) -> str | None:
        """Leave `current` where it is and return the text at another place; None where there is none."""
        if not 0 <= place <= len(self._texts):
            return None
        self._changed[self._place] = current
        self._place = place
        written = self._texts[place] if place < len(self._texts) else ""
        return self._changed.get(place, written)

"""Where the faces without a screen write: standard output and standard error, at once or when it is their turn."""

from typing import Protocol, TextIO

from ui.sanitiser import sanitise


class Paper(Protocol):
    """Takes what is printed. Raises OSError where standard output takes nothing."""

    def out(self, text: str) -> None:
        """Print on standard output."""
        ...

    def err(self, text: str) -> None:
        """Print on standard error."""
        ...


class Printed:
    """Prints at once, through the sanitiser: a model's control characters must not reach a terminal by a pipe."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err

    def out(self, text: str) -> None:
        """See `Paper`."""
        _write(self._out, text)

    def err(self, text: str) -> None:
        """See `Paper`."""
        _write(self._err, text)


class Held:
    """Keeps what is printed until `release`; from then on it goes on at once."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._held: list[tuple[bool, str]] | None = []

    def out(self, text: str) -> None:
        """See `Paper`."""
        self._print(True, text)

    def err(self, text: str) -> None:
        """See `Paper`."""
        self._print(False, text)

    def release(self) -> None:
        """It is its turn: print what is held."""
        held, self._held = self._held or [], None
        for to_out, text in held:
            self._print(to_out, text)

    def _print(self, to_out: bool, text: str) -> None:
        if self._held is not None:
            self._held.append((to_out, text))
        elif to_out:
            self._paper.out(text)
        else:
            self._paper.err(text)


class Pages:
    """Puts an empty line between the texts of several, which come one after the other; one without a text is none."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.begun = 0

    def page(self) -> "Page":
        """Return where the next one prints."""
        return Page(self)


class Page:
    """One of several texts."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._begun = False

    def out(self, text: str) -> None:
        """See `Paper`."""
        if not self._begun:
            self._begun = True
            self._pages.begun += 1
            self._pages.paper.out("\n" if self._pages.begun > 1 else "")
        self._pages.paper.out(text)

    def err(self, text: str) -> None:
        """See `Paper`."""
        self._pages.paper.err(text)


def _write(stream: TextIO, text: str) -> None:
    stream.write(sanitise(text))
    stream.flush()

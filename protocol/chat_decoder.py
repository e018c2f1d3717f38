"""How the bytes of a reply become frames, whatever dialect they are in."""

from typing import Protocol

from protocol.frames import Frame


class ChatDecoder(Protocol):
    """Decodes one body, from its beginning to its end. Not to be shared between threads."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next bytes, cut anywhere, and return the frames they complete, up to the first fault.

        Raises the errors of `protocol.errors` for what is no chat; where good frames came before the fault, they are
        returned, and `raise_fault`, like every later call, raises it.
        """
        ...

    def flush(self) -> list[Frame]:
        """Return the frames of what is left when the body has ended. Raises like `feed`."""
        ...

    def raise_fault(self) -> None:
        """Raise the fault that was met, if one was: what comes after it cannot be trusted."""
        ...

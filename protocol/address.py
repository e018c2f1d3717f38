"""The one way to reach an actor."""

from typing import Protocol, TypeVar

M_contra = TypeVar("M_contra", contravariant=True)


class Address(Protocol[M_contra]):
    """Where messages of one kind can be sent. Safe to use from every thread.

    A wrong message to a right address is a type error: that is what the parameter is for.
    """

    def tell(self, message: M_contra, /) -> None:
        """Put `message` into the receiver's mailbox and return at once. Never raises, never blocks."""
        ...

"""Actors that each do one thing and are gone, by what they are at, and how each is stopped."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

import pykka

from actors.cancel import CancelToken
from actors.shutdown import stop_together

K = TypeVar("K", bound=Hashable)


class _Running(NamedTuple):
    ref: pykka.ActorRef[Any]
    cancel: CancelToken


class UnderWay(Generic[K]):
    """Used by one thread at a time: that of the actor that has them started, and the system's after it."""

    def __init__(self) -> None:
        self._open: dict[K, _Running] = {}
        self._ending: list[pykka.ActorRef[Any]] = []

    def begin(self, name: K, start: Callable[[CancelToken], pykka.ActorRef[Any]], message: object) -> None:
        """Start an actor with what cancels it, and tell it what to do. Raises RuntimeError where no thread is left."""
        self.close(name)
        cancel = CancelToken()
        ref = start(cancel)
        self._open[name] = _Running(ref, cancel)
        ref.tell(message)

    def close(self, name: K) -> None:
        """Cancel one, wherever it is; it ends by itself within milliseconds. Nothing if there is none."""
        running = self._open.pop(name, None)
        self._ending = [ref for ref in self._ending if ref.is_alive()]
        if running is not None:
            running.cancel.cancel()
            self._ending.append(running.ref)

    @property
    def count(self) -> int:
        """How many were begun and not closed. Any thread."""
        return len(self._open)

    def alive(self) -> int:
        """Forget those that have ended by themselves, and count the others, those that are cancelled too."""
        self._open = {name: one for name, one in self._open.items() if one.ref.is_alive()}
        self._ending = [ref for ref in self._ending if ref.is_alive()]
        return len(self._open) + len(self._ending)

    def stop_all(self, seconds: float) -> bool:
        """Cancel every one and wait until all are gone; False if some were not after `seconds`."""
        for name in tuple(self._open):
            self.close(name)
        return stop_together(self._ending, seconds)

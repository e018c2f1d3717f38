"""Threads that run one at a time: each runs only while it is lent the baton, and gives it back where it would block."""

import threading
from collections.abc import Callable

Work = Callable[[], None]


class Abandoned(BaseException):
    """Raised where a fiber waits when the run is over: it unwinds, and its thread serves another."""


class _Worker:
    """A thread that does one fiber's work after another's: to start a thread costs more than a whole reply."""

    def __init__(self) -> None:
        self.go = threading.Lock()
        self.back = threading.Lock()
        self.go.acquire()
        self.back.acquire()
        self.work: Work | None = None
        threading.Thread(target=self._serve, name="simulated reader", daemon=True).start()

    def _serve(self) -> None:
        while True:
            self.go.acquire()
            if self.work is None:
                return
            self.work()
            self.back.release()


class Workers:
    """The threads that are free. One scheduler at a time uses them."""

    def __init__(self) -> None:
        self._free: list[_Worker] = []

    def take(self) -> _Worker:
        """A thread that waits for work."""
        return self._free.pop() if self._free else _Worker()

    def give_back(self, worker: _Worker) -> None:
        """It has done its work."""
        self._free.append(worker)

    def dismiss(self) -> None:
        """End all threads that are free."""
        while self._free:
            worker = self._free.pop()
            worker.work = None
            worker.go.release()


class Fiber:
    """Work that can wait in the middle. `resume` is for the scheduler's thread, `pause` for the fiber's own."""

    def __init__(self, name: str, work: Work, workers: Workers) -> None:
        self.name = name
        self.ready = True
        """It could go on."""
        self.done = False
        self.error: Exception | None = None
        """Of what the work died."""
        self.pauses = 0
        """How often it has waited."""
        self._work = work
        self._workers = workers
        self._worker: _Worker | None = None
        self._abandoned = False

    def resume(self) -> None:
        """Let it run until it waits, or is done."""
        if self._worker is None:
            self._worker = self._workers.take()
            self._worker.work = self._run
        worker = self._worker
        worker.go.release()
        worker.back.acquire()
        if self.done:
            self.ready = False
            self._workers.give_back(worker)

    def pause(self, ready: bool) -> None:
        """Give the baton back. `ready`: it could go on at once. Raises Abandoned when the run is over."""
        assert self._worker is not None
        self.ready = ready
        self.pauses += 1
        self._worker.back.release()
        self._worker.go.acquire()
        if self._abandoned:
            raise Abandoned

    def wake(self) -> None:
        """It can go on. Whoever has the baton."""
        self.ready = not self.done

    def wake_from(self, pause: int) -> None:
        """It can go on, if it still waits where it waited then."""
        if self.pauses == pause:
            self.wake()

    def abandon(self) -> None:
        """Unwind it, wherever it waits."""
        if self._worker is None:
            self.done, self.ready = True, False
        while not self.done:
            self._abandoned = True
            self.resume()

    def _run(self) -> None:
        try:
            self._work()
        except Abandoned:
            pass
        except Exception as error:  # noqa: BLE001 - the scheduler says what becomes of it
            self.error = error
        self.done = True

"""The Errander: one actor for one errand, which may take as long as a disk or a command takes."""

import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from actors.attaching_source import BytesOf
from actors.cancel import Cancelled, CancelToken
from actors.gathering import gather, look
from actors.image_files import save_images
from actors.shell import run_command
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errands import (
    CommandRan,
    Errand,
    ErrandNews,
    FilesGathered,
    FilesSeen,
    GatherFiles,
    ImagesSaved,
    LookAtFiles,
    RunCommand,
    SaveImages,
)
from protocol.limits import ResourceLimits

logger = logging.getLogger(__name__)

_LATE = "The disk does not answer within {seconds:.0f} s: what is there may be far away, or gone."
_FAILED = "That failed ({error}). The log has the details."


class Errander(Actor[Errand]):
    """Does one errand, tells what came of it, and is gone.

    What only waits for the disk is done by a thread of its own, which is left behind where the disk does not answer:
    nothing else can be done about a dead mount. That is told in time, but the errand is under way for as long as its
    thread is, or until it is cancelled: so threads that are left behind are no more than errands may be. A cancelled
    errand tells nothing, but for a command, which says how it ended.
    """

    def __init__(
        self,
        client: Address[ErrandNews],
        supervisor: Address[NewsOfActors],
        cancel: CancelToken,
        limits: ResourceLimits,
        bytes_of: BytesOf,
    ) -> None:
        super().__init__(supervisor)
        self._client = client
        self._cancel = cancel
        self._limits = limits
        self._bytes_of = bytes_of

    def act(self, message: Errand) -> None:
        try:
            self._client.tell(self._do(message))
        except Cancelled:
            logger.debug("errand %d was cancelled", message.number)
        except Exception as error:
            logger.exception("an errand failed")
            self._client.tell(failed(message, _FAILED.format(error=type(error).__name__)))
        self.stop()

    def _do(self, errand: Errand) -> ErrandNews:
        limits, check = self._limits, self._cancel.check
        match errand:
            case LookAtFiles():
                return self._in_time(errand, lambda: look(errand, limits, check))
            case GatherFiles():
                return self._in_time(errand, lambda: gather(errand, limits, check))
            case SaveImages():
                return self._in_time(errand, lambda: save_images(errand, self._bytes_of))
            case RunCommand():
                return run_command(errand, limits, self._cancel, os.environ)
            case _:
                assert_never(errand)

    def _in_time(self, errand: Errand, work: Callable[[], ErrandNews]) -> ErrandNews:
        """Have the work done by another thread, and wait no longer than one may. Raises what the work raises."""
        results: queue.SimpleQueue[ErrandNews | Exception | None] = queue.SimpleQueue()

        def do() -> None:
            try:
                results.put(work())
            except Exception as error:  # noqa: BLE001 - it is raised again, in the actor
                results.put(error)

        threading.Thread(target=do, name="errand", daemon=True).start()
        seconds = self._limits.file_seconds
        with self._cancel.unblocking(lambda: results.put(None)):
            try:
                result = results.get(timeout=seconds)
            except queue.Empty:
                self._client.tell(failed(errand, _LATE.format(seconds=seconds)))
                results.get()
                raise Cancelled from None  # nobody waits any more
        if isinstance(result, Exception):
            raise result
        if result is None:
            raise Cancelled
        return result


def failed(errand: Errand, why: str) -> ErrandNews:
    """Return the answer to an errand that cannot be done."""
    match errand:
        case LookAtFiles(number=number):
            return FilesSeen(number, trouble=why)
        case GatherFiles(number=number):
            return FilesGathered(number, refusal=why)
        case SaveImages(number=number):
            return ImagesSaved(number, why)
        case RunCommand(number=number):
            return CommandRan(number, "", why)
        case _:
            assert_never(errand)

"""What all actors have in common: a typed mailbox, and a death that is told."""

import logging
from abc import abstractmethod
from types import TracebackType
from typing import Any, Generic, TypeVar

import pykka

from protocol.address import Address
from protocol.coordinator import ActorFailed
from protocol.errors import ActorDied
from protocol.identity import StreamId

M = TypeVar("M")
logger = logging.getLogger(__name__)


class Actor(pykka.ThreadingActor, Generic[M]):
    """A thread with a mailbox for messages of type M.

    The threads are daemons as a last resort only: `actors.system` stops each of them, and reports who was late.
    """

    use_daemon_thread = True

    def __init__(self, supervisor: Address[ActorFailed]) -> None:
        super().__init__()
        self._supervisor = supervisor

    @abstractmethod
    def on_receive(self, message: M) -> None:
        """Act on one message. The actor's thread."""

    def serves(self) -> StreamId | None:
        """The stream that ends with this actor, if there is one."""
        return None

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell the supervisor. The actor's thread, which ends after this; pykka has logged the traceback."""
        del exception_type, traceback
        name = type(self).__name__
        error = ActorDied(f"The {name} failed ({exception_value!r}).", "The log has the details.")
        self._supervisor.tell(ActorFailed(name, error.failure, self.serves()))


def stop(ref: pykka.ActorRef[Any], seconds: float) -> bool:
    """Stop an actor after what is in its mailbox already; False if that took longer than `seconds`. Any thread.

    An actor that ends by itself at this moment may never answer a request to stop, so its flag is waited for.
    """
    ref.stop(block=False)
    if ref.actor_stopped.wait(seconds):
        return True
    logger.warning("%s did not stop within %.1f s", ref.actor_class.__name__, seconds)
    return False


def settle(ref: pykka.ActorRef[Any], message: object, seconds: float) -> bool:
    """Wait until an actor has acted on `message`; False if that took longer than `seconds`. Any thread.

    Nobody waits for the dead, and what the message raises is logged: this is for stopping, which goes on.
    """
    try:
        ref.ask(message, timeout=seconds)
    except pykka.Timeout:
        logger.warning("%s did not act on %s within %.1f s", ref.actor_class.__name__, message, seconds)
        return False
    except pykka.ActorDeadError:
        return True
    except Exception:
        logger.exception("%s failed to act on %s", ref.actor_class.__name__, message)
    return True

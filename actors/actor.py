"""What all actors have in common: a typed mailbox, a restart after a failure, and a death that is told."""

import logging
import threading
from abc import abstractmethod
from types import TracebackType
from typing import Any, Generic, TypeVar

import pykka

from actors.inbox import Inbox
from actors.vitals import Vitals
from protocol.address import Address
from protocol.coordinator import ActorFailed, ActorRestarted, NewsOfActors
from protocol.errors import ActorDied, Failure
from protocol.identity import ServerName, StreamId

M = TypeVar("M")
logger = logging.getLogger(__name__)


class Actor(pykka.ThreadingActor, Generic[M]):
    """A thread with a mailbox for messages of type M.

    What an actor does with a message is `act`. Where that fails, and its `vitals` allow another restart, the message is
    lost and `recover` makes what it left behind sound again: the mailbox and the address stay. Otherwise the actor
    dies. Without `vitals` no restart is allowed, so that whoever calls `on_receive` sees every exception.

    The threads are daemons as a last resort only: `actors.system` stops each of them, and reports who was late.
    """

    use_daemon_thread = True

    @staticmethod
    def _create_actor_inbox() -> Inbox:
        return Inbox()

    def __init__(self, supervisor: Address[NewsOfActors], vitals: Vitals | None = None) -> None:
        super().__init__()
        self._supervisor = supervisor
        self._vitals = vitals or Vitals()

    @abstractmethod
    def act(self, message: M) -> None:
        """Act on one message. The actor's thread."""

    def recover(self, message: M, failure: Failure) -> None:
        """Begin anew after `act` has failed, and see to it that nobody waits for what the message was about.

        The actor's thread. What is raised here ends the actor.
        """

    def on_receive(self, message: M) -> None:
        """Act on one message, and survive it. The actor's thread."""
        try:
            self._vitals.begin(message)
            self.act(message)
        except BaseException as error:  # pykka stops all actors for what is no Exception
            if _is_for_the_program(error):
                raise
            self._survive(message, error)
        finally:
            self._vitals.rest()

    def on_start(self) -> None:
        """Begin. pykka lets an actor die of an exception here without a word: that is told."""
        try:
            self.begin()
        except BaseException as error:
            self.on_failure(type(error), error, error.__traceback__)
            raise _as_exception(error) from error

    def begin(self) -> None:
        """Do what comes before the first message. The actor's thread."""

    def serves(self) -> StreamId | None:
        """The stream that ends with this actor, if there is one."""
        return None

    def looks_at(self) -> ServerName:
        """The server that nobody looks at without this actor; empty for the default, and where it looks at none."""
        return ServerName("")

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell the supervisor. The actor's thread, which ends after this; pykka has logged the traceback."""
        del exception_type, traceback
        self._vitals.dead = True
        self._supervisor.tell(ActorFailed(self._name, self._failure(exception_value), self.serves(), self.looks_at()))

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _failure(self, error: BaseException | None) -> Failure:
        return ActorDied(f"The {self._name} failed ({error!r}).", "The log has the details.").failure

    def _survive(self, message: M, error: BaseException) -> None:
        if not self._vitals.may_restart():
            raise _as_exception(error) from error.__cause__
        failure = self._failure(error)
        logger.error("%s failed to act on %s; it begins anew", self._name, type(message).__name__, exc_info=error)
        try:
            self.recover(message, failure)
        except BaseException as another:  # noqa: BLE001 - it is raised again
            raise _as_exception(another) from error
        self._supervisor.tell(ActorRestarted(self._name, failure))


class ActorCrashed(Exception):
    """An actor was ended by what is no Exception."""


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else ActorCrashed(repr(error))


def _is_for_the_program(error: BaseException) -> bool:
    """Ctrl-C, and an exit in the main thread, where no actor lives, are none of its business."""
    main = threading.current_thread() is threading.main_thread()
    return main and isinstance(error, KeyboardInterrupt | SystemExit)


def waiting_for(ref: pykka.ActorRef[Any]) -> int:
    """How many messages are in the mailbox of an actor. Any thread."""
    inbox = ref.actor_inbox
    return inbox.qsize() if isinstance(inbox, Inbox) else 0


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

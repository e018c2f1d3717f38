"""The attempts to have a prompt answered: how each begins, breaks, is made again, and how its turn ends."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from actors.colleagues import Colleagues
from actors.conversations import Conversations
from actors.growth import begin_attempt, brought_by, end_attempt, end_turn, place
from actors.model_loads import ModelLoads
from actors.notices import with_models
from actors.pool_notices import describe_failover
from actors.reply_check import misfit
from actors.server_watch import ServerWatch
from actors.server_watches import ServerWatches, Watch
from actors.turns import Turn, TurnBook
from actors.unsaid import Unsaid
from protocol.accumulator import AbandonReply, BeginReply
from protocol.chat import ChatRequest
from protocol.coordinator import ReplyFinished
from protocol.errors import ActorDied, Failure, ServerBusy
from protocol.identity import DEFAULT_SERVER, MessageId, ServerName, StreamId
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.retry import Broke, GiveUp, GoElsewhere, RetryLater, WaitForServer, is_garbled, is_local, recover
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import Remind, RetryDue
from protocol.turn import TurnEvent, TurnState, advance
from protocol.ui import TurnEnded, TurnMoved, VersionsCounted


class Attempts:
    """Owned by the Coordinator, and used in its thread only.

    Nothing here lets another turn begin: that is for the Coordinator to see, when all is told that ends now.
    `chance` draws from [0, 1).
    """

    def __init__(
        self,
        colleagues: Colleagues,
        settings: EngineSettings,
        chance: Callable[[], float],
        conversations: Conversations,
        turns: TurnBook,
        servers: ServerWatches,
        loads: ModelLoads,
        unsaid: Unsaid,
    ) -> None:
        self._to = colleagues
        self._settings = settings
        self._chance = chance
        self._conversations = conversations
        self._turns = turns
        self._servers = servers
        self._loads = loads
        self._unsaid = unsaid

    def begin(self, turn: Turn, model: str, server: ServerName) -> None:
        """Make the first attempt since the turn was queued, with what the conversation holds now, at this server."""
        turn.move(TurnEvent.ADMITTED)
        turn.adopted, turn.passed = False, 0
        turn.pool_server = server if self._watch(turn) is self._servers.pool else DEFAULT_SERVER
        survey, limit = self._servers.at(server).survey, self._settings.limits.max_message_history
        sees = survey is None or not survey.is_blind(model)
        request = self._conversations.request(turn, model, limit, sees)
        request = replace(request, server=server)
        self._conversations.tell_trimmed(turn, limit)
        self._warn(turn, request)
        self._connect(turn, request)

    def _warn(self, turn: Turn, request: ChatRequest) -> None:
        """Say what a user may not expect: that the model is loaded anew for it, or that a part of it is not sent."""
        watch, reload = self._servers.at(request.server), self._loads.send(request)
        if reload:
            self._conversations.post(turn.conversation, reload)
        self._unsaid.check(turn.conversation, request.parameters, watch.settings.dialect, watch.heeds_parameters)

    def progress(self, stream: StreamId, answering: bool) -> None:
        """The first thought, or the first text, came."""
        turn = self._turns.current(stream)
        if turn is not None:
            turn.move(TurnEvent.ANSWERED if answering else TurnEvent.THOUGHT)
            self._tell_move(turn)

    def conclude(self, news: ReplyFinished) -> None:
        """An attempt is over: it ends its turn, or another is made, or the turn waits for the server."""
        turn = self._turns.current(news.stream)
        if turn is None:
            return
        self._to.readers.close(news.stream)
        match news.ending:
            case Finished(reason=reason) as ending:
                event = TurnEvent.CUT_SHORT if reason == "length" else TurnEvent.FINISHED
                self._asked(turn).remember(turn.model)
                self._end(turn, event, news.reply, _checked(turn, news.reply, ending))
            case Broken(failure=failure) if not turn.cancelled and failure.kind == ActorDied.__name__:
                self._end(turn, TurnEvent.INTERRUPTED, news.reply, news.ending)
            case Broken(failure=failure) if not turn.cancelled:
                self._recover(turn, with_models(failure, self._asked(turn).survey), news.reply)
            case Stopped() as ending:
                self._end(turn, TurnEvent.CANCELLED, news.reply, ending)
            case Broken():
                self._end(turn, TurnEvent.CANCELLED, news.reply, Stopped())
            case _:
                assert_never(news.ending)

    def retry(self, stream: StreamId) -> None:
        """The break after this attempt is over: send the very same again."""
        turn = self._turns.current(stream)
        if turn is not None and turn.state is TurnState.RETRYING and turn.request is not None:
            turn.move(TurnEvent.RETRIED)
            self._connect(turn, turn.request)

    def remind_again(self) -> None:
        """A reminder may be lost: ask for all of them again. One that comes twice is dropped."""
        for turn in self._turns.in_state(TurnState.RETRYING):
            self._remind(turn)

    def park(self, turn: Turn, failure: Failure) -> None:
        """Keep the turn until the server is back. Its slot is free for others."""
        self._set_aside(turn, failure)
        self._watch(turn).look_later()

    def fail(self, turn: Turn, failure: Failure) -> None:
        """End a turn that cannot be gone on with; its reader is stopped. What was told of its reply stays."""
        as_told = turn.streaming
        if turn.streaming:
            self._to.readers.close(turn.stream)
        self._end(turn, TurnEvent.GAVE_UP, turn.prefix, Broken(failure), as_told)

    def cancel(self, turn: Turn) -> None:
        """Stop the reader at once; the turn ends when the Accumulator has handed over what came."""
        if turn.streaming:
            turn.cancelled = True
            self._to.readers.close(turn.stream)
            self._to.accumulator.tell(AbandonReply(turn.stream))
        else:
            self._end(turn, TurnEvent.CANCELLED, Reply(), Stopped())

    def set_aside(self, turn: Turn) -> None:
        """Have a turn that would be tried again soon wait for its server instead."""
        ending = self._conversations.tree(turn.conversation)[turn.stream.message].ending
        self._set_aside(turn, ending.failure if isinstance(ending, Broken) else None)

    def leave_to_the_next_run(self) -> None:
        """Have what would be tried again wait instead, as what waits already does: the outbox lasts."""
        for turn in self._turns.in_state(TurnState.RETRYING):
            self.set_aside(turn)

    def move_on(self, turn: Turn, failure: Failure) -> None:
        """Have a turn that is with a server of the pool wait for another one: it begins when there is room."""
        self._set_aside(turn, failure)
        turn.move(TurnEvent.SERVER_RETURNED)

    def _watch(self, turn: Turn) -> Watch:
        """That of the server that would be asked now."""
        return self._servers.of(self._conversations[turn.conversation].server)

    def _asked(self, turn: Turn) -> ServerWatch:
        """That of the server that was asked last: the conversation may have moved since."""
        return self._servers.at(turn.request.server if turn.request is not None else DEFAULT_SERVER)

    def _connect(self, turn: Turn, request: ChatRequest) -> None:
        """Begin an attempt. The Accumulator hears of it first, so that nothing of the stream can be too early.

        What is in the tree has been told: so a failure on the way leaves nothing behind that nobody knows.
        """
        turn.request = request
        turn.attempt += 1
        turn.tries += 1
        turn.waits_for = None
        self._tell_move(turn)
        whole = begin_attempt(self._conversations.tree(turn.conversation), turn)
        if not whole:
            self._conversations.show_path(turn.conversation)
        self._count_versions(turn)
        self._to.accumulator.tell(BeginReply(turn.stream, turn.conversation, turn.prefix))
        self._to.readers.open(OpenStream(turn.stream, request))

    def _recover(self, turn: Turn, failure: Failure, reply: Reply) -> None:
        turn.garbled += is_garbled(failure)
        broke = Broke(failure, turn.tries, turn.garbled, text_came=reply != turn.prefix)
        may_wait = self._settings.wait_for_server and self._watch(turn).lost is None
        elsewhere = self._is_elsewhere(turn, failure)
        step = recover(self._settings.retry, broke, may_wait, self._chance(), elsewhere)
        match step:
            case GoElsewhere():
                self._end_attempt(turn, reply, failure)
                notice = describe_failover(self._asked(turn).label, failure, kept=broke.text_came)
                self._conversations.post(turn.conversation, notice)
                self.move_on(turn, failure)
            case RetryLater() if not self._watch(turn).covers(self._asked(turn).name):
                self._end_attempt(turn, reply, failure)
                self.move_on(turn, failure)
            case RetryLater():
                self._end_attempt(turn, reply, failure)
                self._take_a_break(turn, failure, step)
            case WaitForServer():
                self._end_attempt(turn, reply, failure)
                self.park(turn, failure)
            case GiveUp():
                self._end(turn, TurnEvent.GAVE_UP, reply, Broken(failure))
            case _:
                assert_never(step)

    def _is_elsewhere(self, turn: Turn, failure: Failure) -> bool:
        """Tell whether another server of the pool is there for it. The one that broke off, or has lost the model, is
        left alone until a look, at once, has found it; one that is busy has said itself that it is there."""
        pool, asked = self._servers.pool, self._asked(turn)
        if pool is None or not pool.covers(asked.name) or not is_local(failure):
            return False
        turn.avoids |= {asked.name}
        if failure.kind != ServerBusy.__name__:
            asked.doubt()
        return self._watch(turn) is pool and pool.takes(turn.model, turn.avoids)

    def _take_a_break(self, turn: Turn, failure: Failure, step: RetryLater) -> None:
        """Whole replies once asked for are asked for until the turn is admitted anew."""
        if turn.request is not None and not step.stream:
            turn.request = replace(turn.request, stream=False)
        turn.move(TurnEvent.BROKE)
        self._tell_move(turn, failure, step.delay)
        turn.delay = step.delay
        self._remind(turn)

    def _end_attempt(self, turn: Turn, reply: Reply, failure: Failure) -> None:
        tree = self._conversations.tree(turn.conversation)
        end_attempt(tree, turn.stream, reply, TurnState.FAILED, Broken(failure))

    def _remind(self, turn: Turn) -> None:
        self._to.timekeeper.tell(Remind(turn.delay, RetryDue(turn.stream)))

    def _set_aside(self, turn: Turn, failure: Failure | None) -> None:
        state = advance(turn.state, TurnEvent.SERVER_LOST)
        self._to.ui.tell(TurnMoved(turn.conversation, turn.stream, state, turn.model, failure))
        turn.move(TurnEvent.SERVER_LOST)
        turn.waits_for = None

    def _end(self, turn: Turn, event: TurnEvent, reply: Reply, ending: Ending, as_told: bool = False) -> None:
        tree, state = self._conversations.tree(turn.conversation), advance(turn.state, event)
        brought = brought_by(tree, turn, reply)
        self._to.ui.tell(TurnEnded(turn.conversation, turn.stream, state, brought, ending, as_told))
        turn.move(event)
        self._turns.remove_ended(turn)
        end_turn(tree, turn, reply, ending)
        if not turn.begun:
            self._show_unsent(turn)

    def _show_unsent(self, turn: Turn) -> None:
        """Nothing came of a turn that asked again: show the old version. Any other prompt has its place in the tree."""
        if turn.again:
            self._conversations.show_path(turn.conversation)
        else:
            self._count_versions(turn)

    def _count_versions(self, turn: Turn) -> None:
        tree = self._conversations.tree(turn.conversation)
        prompt, reply = place(tree, MessageId(turn.id)), place(tree, turn.stream.message)
        if max(prompt.of, reply.of) > 1:
            self._to.ui.tell(VersionsCounted(turn.conversation, turn.id, prompt, reply))

    def _tell_move(self, turn: Turn, failure: Failure | None = None, delay: float = 0.0) -> None:
        move = TurnMoved(turn.conversation, turn.stream, turn.state, turn.model, failure, delay, turn.pool_server)
        self._to.ui.tell(move)


def _checked(turn: Turn, reply: Reply, ending: Finished) -> Finished:
    wanted = turn.request.parameters.format if turn.request is not None else ""
    return replace(ending, misfit=misfit(wanted, reply))

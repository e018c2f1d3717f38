"""A Coordinator that is told anything at any time: nothing that was said is lost, and what is sent is the path."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocol.accumulator import AbandonReply
from protocol.chat import ChatMessage, Role
from protocol.context import CompactConversation
from protocol.coordinator import (
    BranchCommand,
    CancelAll,
    CancelConversation,
    ChooseVersion,
    ContinueReply,
    CoordinatorMessage,
    DropQueued,
    EditPrompt,
    ForkConversation,
    MoveQueued,
    PrepareToStop,
    RedoPrompt,
    ReplyFinished,
    RestoreConversation,
    RetryReply,
    SendNow,
    StartConversation,
    Submit,
    UndoPrompt,
)
from protocol.errors import Failure, ServerRefusal
from protocol.frames import Metrics
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import RetryDue
from protocol.turn import STREAMING, TurnState
from protocol.ui import PathShown, TurnMoved
from tests.support.coordinating import AWAY, LOST, MODEL, SURVEY, UNREACHABLE, Desk, surveyed
from tests.support.replica import Replica, Said

SETTINGS = EngineSettings(retry=RetryPolicy(attempts=2), limits=ResourceLimits(max_concurrent_streams=2))
REFUSED = ServerRefusal("No.", status=400).failure
STOP, LENGTH = Finished("stop", Metrics()), Finished("length", Metrics())
Move = BranchCommand | CompactConversation
MOVES: tuple[Callable[[ConversationId], Move], ...] = (
    RetryReply,
    ContinueReply,
    EditPrompt,
    UndoPrompt,
    RedoPrompt,
    lambda talk: ChooseVersion(talk, 1),
    lambda talk: ChooseVersion(talk, -1),
    ForkConversation,
    lambda talk: CompactConversation(talk, 1),
    lambda talk: CompactConversation(talk, 0),
)
which = st.integers(0, 30)
text = st.sampled_from(["", "a", "b c"])


class Branching(RuleBasedStateMachine):
    """One Coordinator, later ones that begin with what it left, and the replica of what they told."""

    def __init__(self) -> None:
        super().__init__()
        self.replica = Replica()
        self.desk = Desk(0, settings=SETTINGS)
        self.seen: dict[MessageId, tuple[MessageId | None, Role]] = {}
        self.partial: dict[StreamId, str] = {}
        """What each stream under way has begun with."""
        self.retrying: list[StreamId] = []
        self.stopping: set[StreamId] = set()
        self.runs = 1
        self.tell(surveyed(), StartConversation(MODEL), StartConversation(MODEL))

    def tell(self, *messages: CoordinatorMessage) -> None:
        """Apply what is told because of these messages."""
        for event in self.desk.after(*messages):
            self.replica.apply(event)
            match event:
                case OpenStream(stream=stream, request=request):
                    assert list(request.messages) == self.expected(stream)
                    self.partial[stream] = self.said(stream).text
                case AbandonReply(stream=stream):
                    self.stopping.add(stream)
                case TurnMoved(stream=stream, state=TurnState.RETRYING):
                    self.retrying.append(stream)
                case _:
                    pass

    def said(self, stream: StreamId) -> Said:
        return next(talk.said[stream.message] for talk in self.replica.talks.values() if stream.message in talk.said)

    def expected(self, stream: StreamId) -> list[ChatMessage]:
        """What must be sent: the path to the prompt, and the partial reply that is gone on with."""
        prompt = MessageId(stream.turn)
        talk = next(talk for talk in self.replica.talks.values() if prompt in talk.said)
        partial = talk.said[stream.message].text
        trailing = [ChatMessage(Role.ASSISTANT, partial)] if partial else []
        before = talk.history(talk.said[prompt].parent, talk.said[prompt].keeps)
        return [*before, ChatMessage(Role.USER, talk.said[prompt].text), *trailing]

    def talk(self, number: int) -> ConversationId:
        """One of the first, where most is said."""
        return list(self.replica.talks)[number % 2]

    def quiet(self) -> list[ConversationId]:
        """Where no turn is live, and the head can be moved."""
        return [name for name, talk in self.replica.talks.items() if not talk.live]

    def a_stream(self, number: int) -> StreamId:
        return list(self.partial)[number % len(self.partial)]

    def under_way(self) -> set[TurnId]:
        return {stream.turn for stream in self.partial}

    def finish(self, stream: StreamId, more: str, ending: Ending) -> None:
        self.stopping.discard(stream)
        self.tell(ReplyFinished(stream, Reply(self.partial.pop(stream) + more), ending))

    @rule(talk=which, prompt=st.sampled_from("pqr"), urgent=st.booleans())
    def submit(self, talk: int, prompt: str, urgent: bool) -> None:
        self.tell(Submit(self.talk(talk), prompt, urgent=urgent))

    @rule(talk=which, number=which, prompt=st.sampled_from("xyz"))
    def edit(self, talk: int, number: int, prompt: str) -> None:
        """What is sent in place of a prompt becomes its sibling."""
        here = self.replica.talks[self.talk(talk)]
        sent = [name for name, one in here.said.items() if one.role is Role.USER]
        turns = [*here.live, *map(TurnId, sent)]
        if turns:
            edited, known = turns[number % len(turns)], {*here.live, *here.said}
            self.tell(Submit(self.talk(talk), prompt, edits=edited))
            for turn in {*here.live} - known:
                begun = here.said.get(MessageId(turn))
                assert (here.head if begun is None else begun.parent) == here.said[MessageId(edited)].parent

    @precondition(lambda self: self.partial)
    @rule(number=which, more=text, ending=st.sampled_from([STOP, STOP, LENGTH]))
    def end(self, number: int, more: str, ending: Finished) -> None:
        self.finish(self.a_stream(number), more, ending)

    @precondition(lambda self: self.partial)
    @rule(
        number=which,
        more=st.sampled_from(["", "", "d"]),
        failure=st.sampled_from([LOST, UNREACHABLE, UNREACHABLE, REFUSED]),
    )
    def break_off(self, number: int, more: str, failure: Failure) -> None:
        self.finish(self.a_stream(number), more, Broken(failure))

    @precondition(lambda self: self.stopping)
    @rule(more=text)
    def hand_over(self, more: str) -> None:
        self.finish(sorted(self.stopping, key=str)[0], more, Stopped())

    @precondition(lambda self: self.retrying)
    @rule()
    def retry_is_due(self) -> None:
        self.tell(RetryDue(self.retrying.pop()))

    @rule(away=st.booleans())
    def look(self, away: bool) -> None:
        self.tell(surveyed(AWAY if away else SURVEY))

    @rule(talk=which)
    def cancel(self, talk: int) -> None:
        self.tell(CancelConversation(self.talk(talk)))

    @precondition(lambda self: len(self.partial) > 1)
    @rule()
    def cancel_all(self) -> None:
        self.tell(CancelAll())
        waiting = [turn for talk in self.replica.talks.values() for turn in talk.live if turn not in self.under_way()]
        assert waiting == []

    @precondition(lambda self: self.quiet())
    @rule(talk=which, texts=st.lists(text, min_size=1, max_size=3))
    def talk_a_while(self, talk: int, texts: list[str]) -> None:
        """Prompts that are answered at once, so that there is something to move in."""
        here = self.quiet()[talk % len(self.quiet())]
        for answer in texts:
            self.tell(Submit(here, f"{answer}?"))
            for stream in [one for one in self.partial if one.turn in self.replica.talks[here].live]:
                self.finish(stream, answer, STOP if answer == "a" else LENGTH)

    @precondition(lambda self: self.quiet())
    @rule(talk=which, move=st.sampled_from(MOVES))
    def move(self, talk: int, move: Callable[[ConversationId], Move]) -> None:
        self.tell(move(self.quiet()[talk % len(self.quiet())]))

    @precondition(lambda self: self.quiet())
    @rule(talk=which, keep=st.integers(0, 3), more=text, whole=st.booleans())
    def sum_up(self, talk: int, keep: int, more: str, whole: bool) -> None:
        """What was said before stays where it is; going back before the summary leads there."""
        here = self.quiet()[talk % len(self.quiet())]
        head = self.replica.talks[here].head
        self.tell(CompactConversation(here, keep))
        for stream in [one for one in self.partial if one.turn in self.replica.talks[here].live]:
            self.finish(stream, more, STOP if whole else LENGTH)
            assert self.replica.talks[here].head == stream.message
            self.tell(UndoPrompt(here))
            assert self.replica.talks[here].head == head
            self.tell(RedoPrompt(here))

    @precondition(lambda self: self.quiet())
    @rule(talk=which, again=st.sampled_from([RetryReply, ContinueReply, RetryReply]), more=text, whole=st.booleans())
    def ask_again(self, talk: int, again: type[RetryReply | ContinueReply], more: str, whole: bool) -> None:
        here = self.quiet()[talk % len(self.quiet())]
        self.tell(again(here))
        for stream in [one for one in self.partial if one.turn in self.replica.talks[here].live]:
            self.finish(stream, more, STOP if whole else LENGTH)

    @precondition(lambda self: self.quiet())
    @rule(talk=which, how=st.sampled_from([RetryReply, ContinueReply, lambda talk: Submit(talk, "s")]), more=text)
    def lose_the_server(self, talk: int, how: Callable[[ConversationId], BranchCommand | Submit], more: str) -> None:
        """Attempts that break before anything came are made again, and then wait for the server."""
        here = self.quiet()[talk % len(self.quiet())]
        self.tell(how(here))
        for _ in range(SETTINGS.retry.attempts):
            for stream in [one for one in self.partial if one.turn in self.replica.talks[here].live]:
                self.finish(stream, more, Broken(UNREACHABLE))
                assert more or stream.turn in self.replica.talks[here].live
                self.tell(RetryDue(stream))

    @rule(talk=which, move=st.sampled_from(MOVES))
    def try_to_move(self, talk: int, move: Callable[[ConversationId], Move]) -> None:
        """Where a turn is live, that is refused."""
        here = self.talk(talk)
        head, live = self.replica.talks[here].head, dict(self.replica.talks[here].live)
        self.tell(move(here))
        if live:
            assert (self.replica.talks[here].head, self.replica.talks[here].live) == (head, live)

    @rule(talk=which, number=st.integers(0, 5), to=st.integers(0, 5))
    def manage(self, talk: int, number: int, to: int) -> None:
        here = self.talk(talk)
        self.tell(*(DropQueued(here, number),) if to == 0 else (MoveQueued(here, number, to),))

    @rule(talk=which, number=st.none() | st.integers(0, 5))
    def send_now(self, talk: int, number: int | None) -> None:
        self.tell(SendNow(self.talk(talk), number))

    @precondition(lambda self: len(self.quiet()) < len(self.replica.talks))
    @rule()
    def restart(self) -> None:
        """The next run finds what this one left."""
        self.tell(PrepareToStop())
        assert set(self.partial) == self.stopping
        for stream in sorted(self.stopping, key=str):
            self.finish(stream, "", Stopped())
        self.runs += 1
        self.desk = Desk(0, settings=SETTINGS, first_id=1000 * self.runs)
        self.retrying.clear()
        for talk in tuple(self.replica.talks):
            left = dict(self.replica.talks[talk].live)
            record = self.replica.record(talk)
            assert {prompt.turn: prompt for prompt in record.waiting} == left
            self.replica.talks[talk].live.clear()
            self.replica.talks[talk].outbox.clear()
            self.tell(RestoreConversation(record, shown=False))
            assert tuple(self.replica.talks[talk].live.values()) == record.waiting
        self.tell(surveyed())

    @invariant()
    def nothing_is_ever_lost_or_moved(self) -> None:
        now = {name: (one.parent, one.role) for talk in self.replica.talks.values() for name, one in talk.said.items()}
        assert self.seen.items() <= now.items()
        self.seen = now

    @invariant()
    def one_reply_at_a_time_is_under_way_in_a_conversation(self) -> None:
        for talk in self.replica.talks.values():
            assert sum(MessageId(turn) in talk.said for turn in talk.live) <= 1
            assert sum(one.state in STREAMING for one in talk.said.values() if one.role is Role.ASSISTANT) <= 1
        assert len(self.partial) <= SETTINGS.limits.max_concurrent_streams

    @invariant()
    def the_coordinator_shows_the_head_of_the_replica(self) -> None:
        """Taking back and bringing back leads through the same head, where nothing is live."""
        for name, talk in self.replica.talks.items():
            if talk.live or not any(talk.said[each].role is Role.USER for each in talk.path(talk.head)):
                continue
            head = talk.head
            told = [
                event for event in self.desk.after(UndoPrompt(name), RedoPrompt(name)) if isinstance(event, PathShown)
            ]
            assert [event.head for event in told][1:] == [head]
            for event in told:
                self.replica.apply(event)

    @invariant()
    def who_is_asked_again_is_asked_under_the_next_number(self) -> None:
        for talk in self.replica.talks.values():
            for prompt in (name for name, one in talk.said.items() if one.role is Role.USER):
                replies = [
                    name for name, one in talk.said.items() if one.parent == prompt and one.role is Role.ASSISTANT
                ]
                assert replies == [StreamId(TurnId(prompt), number + 1).message for number in range(len(replies))]


Branching.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestBranching = Branching.TestCase

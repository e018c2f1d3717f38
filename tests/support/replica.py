"""A second opinion on a tree: what the events of a Coordinator make of it, kept as plainly as can be."""

from dataclasses import dataclass, field
from itertools import pairwise

from protocol.accumulator import BeginReply
from protocol.chat import ChatMessage, Role
from protocol.errors import Failure
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.reply import Broken, Ending, Reply
from protocol.tree import Node, Place
from protocol.turn import ENDED, TurnState
from protocol.ui import (
    ConversationForked,
    ConversationStarted,
    Exchange,
    PathShown,
    PromptReworded,
    QueueReordered,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
)


@dataclass
class Said:
    """A message."""

    parent: MessageId | None
    role: Role
    text: str
    state: TurnState
    ending: Ending | None = None
    model: str = ""
    keeps: int | None = None


@dataclass
class Talk:
    """A conversation: what was said in it, its live turns in order, and which of them are in the outbox."""

    said: dict[MessageId, Said] = field(default_factory=dict)
    head: MessageId | None = None
    live: dict[TurnId, WaitingPrompt] = field(default_factory=dict)
    outbox: set[TurnId] = field(default_factory=set)

    def path(self, to: MessageId | None) -> list[MessageId]:
        """The messages from the first to this one."""
        names: list[MessageId] = []
        while to is not None:
            names.insert(0, to)
            to = self.said[to].parent
        return names

    def history(self, to: MessageId | None, keeps: int | None = None) -> list[ChatMessage]:
        """What a model is told of them; `keeps`: what a summary is made of that keeps so many exchanges."""
        told: list[list[ChatMessage]] = []
        for prompt, reply in pairwise(self.path(to)):
            one, other = self.said[prompt], self.said[reply]
            if one.role is not Role.USER or other.role is not Role.ASSISTANT or not other.text:
                continue
            exchange = [ChatMessage(Role.USER, one.text), ChatMessage(Role.ASSISTANT, other.text)]
            if one.keeps is None:
                told.append(exchange)
            elif other.state is TurnState.DONE:
                told = [exchange, *told[len(told) - min(one.keeps, len(told)) :]]
        if keeps is not None:
            told = told[: max(0, len(told) - keeps)]
        return [message for exchange in told for message in exchange]

    def place(self, name: MessageId) -> Place:
        """The mark of a message."""
        one = self.said[name]
        alike = [
            each
            for each, other in self.said.items()
            if (other.parent, other.role) == (one.parent, one.role) and (each == name or other.text)
        ]
        return Place(alike.index(name) + 1, len(alike))

    def exchanges(self) -> tuple[Exchange, ...]:
        """What is to be shown."""
        names = self.path(self.head)
        prompts = [number for number, name in enumerate(names) if self.said[name].role is Role.USER]
        return tuple(self._exchange(names[number], names[number + 1 : number + 2]) for number in prompts)

    def _exchange(self, prompt: MessageId, after: list[MessageId]) -> Exchange:
        one, turn, mark = self.said[prompt], TurnId(prompt), self.place(prompt)
        sums_up = None if one.keeps is None else len(self.history(one.parent, one.keeps))
        if not after or self.said[after[0]].role is Role.USER:
            unsent = StreamId(turn, 0), "", Reply(), one.state, one.ending, Place()
            return Exchange(turn, one.text, mark, *unsent, (), one.keeps, sums_up)
        name = after[0]
        two, stream = self.said[name], StreamId.of(name)
        reply = Reply(two.text)
        end = two.state, two.ending, self.place(name)
        return Exchange(turn, one.text, mark, stream, two.model, reply, *end, (), one.keeps, sums_up)


class Replica:
    """Applies the rules of growth to what the UI is told, as the Archivist does."""

    def __init__(self) -> None:
        self.talks: dict[ConversationId, Talk] = {}

    def apply(self, event: object) -> None:
        """Take one event in. What is told of a path must be what is here."""
        match event:
            case ConversationStarted(conversation=conversation):
                self.talks.setdefault(conversation, Talk())
            case ConversationForked(record=record):
                assert {node.state for node in record.messages} <= ENDED
                self.talks[record.id] = Talk(_said(record), record.head)
            case TurnAccepted(conversation=conversation, turn=turn):
                waiting = WaitingPrompt(turn, event.prompt, event.again, event.continues, keeps=event.keeps)
                self.talks[conversation].live[turn] = waiting
                self.talks[conversation].outbox.add(turn)
            case PromptReworded(conversation=conversation, turn=turn, prompt=prompt):
                live = self.talks[conversation].live
                live[turn] = WaitingPrompt(turn, prompt, keeps=live[turn].keeps)
            case QueueReordered(turns=turns):
                self._reorder(turns)
            case TurnMoved(conversation=conversation, stream=stream, state=TurnState.CONNECTING, model=model):
                self._begin(self.talks[conversation], stream, model)
            case TurnMoved(conversation=conversation, failure=failure) if failure is not None:
                self._break(self.talks[conversation], event, failure)
            case BeginReply(conversation=conversation, stream=stream, prefix=prefix):
                self.talks[conversation].said[stream.message].text = prefix.text
            case TurnEnded(conversation=conversation):
                self._finish(self.talks[conversation], event)
            case PathShown(conversation=conversation, head=head, exchanges=exchanges):
                self.talks[conversation].head = head
                assert exchanges == self.talks[conversation].exchanges()
            case _:
                pass

    def record(self, conversation: ConversationId) -> ConversationRecord:
        """What a later run finds on disk."""
        talk = self.talks[conversation]
        nodes = tuple(
            Node(
                name,
                one.parent,
                one.role,
                one.text,
                state=one.state,
                ending=one.ending,
                model=one.model,
                keeps=one.keeps,
            )
            for name, one in talk.said.items()
        )
        waiting = tuple(prompt for turn, prompt in talk.live.items() if turn in talk.outbox)
        return ConversationRecord(conversation, "", "tiny:1b", "", 0, 0, talk.head, messages=nodes, waiting=waiting)

    def _begin(self, talk: Talk, stream: StreamId, model: str) -> None:
        prompt, waiting = MessageId(stream.turn), talk.live[stream.turn]
        if prompt not in talk.said:
            talk.said[prompt] = Said(talk.head, Role.USER, waiting.prompt, TurnState.CONNECTING, keeps=waiting.keeps)
        talk.said[prompt].state, talk.said[prompt].ending = TurnState.CONNECTING, None
        assert stream.message not in talk.said
        talk.said[stream.message] = Said(prompt, Role.ASSISTANT, "", TurnState.CONNECTING, model=model)
        talk.head = stream.message
        talk.live[stream.turn] = WaitingPrompt(stream.turn, waiting.prompt, True, waiting.continues, (), waiting.keeps)
        talk.outbox.discard(stream.turn)

    def _break(self, talk: Talk, event: TurnMoved, failure: Failure) -> None:
        if event.stream.attempt:
            _end(talk.said[event.stream.message], TurnState.FAILED, Broken(failure))
        if event.state is TurnState.WAITING_FOR_SERVER:
            talk.outbox.add(event.stream.turn)

    def _finish(self, talk: Talk, event: TurnEnded) -> None:
        prompt, stream = MessageId(event.stream.turn), event.stream
        waiting = talk.live.pop(stream.turn)
        talk.outbox.discard(stream.turn)
        if stream.attempt:
            if talk.said[stream.message].state not in ENDED:
                talk.said[stream.message].text = event.reply.text
            assert talk.said[stream.message].text == event.reply.text
            _end(talk.said[stream.message], event.state, event.ending)
            talk.said[prompt].state, talk.said[prompt].ending = event.state, event.ending
        elif prompt not in talk.said:
            talk.said[prompt] = Said(
                talk.head, Role.USER, waiting.prompt, event.state, event.ending, keeps=waiting.keeps
            )
            talk.head = prompt

    def _reorder(self, turns: tuple[TurnId, ...]) -> None:
        for talk in self.talks.values():
            fixed = [turn for turn in talk.live if turn not in turns]
            talk.live = {turn: talk.live[turn] for turn in (*fixed, *turns) if turn in talk.live}


def _end(said: Said, state: TurnState, ending: Ending) -> None:
    if said.state not in ENDED:
        said.state, said.ending = state, ending


def _said(record: ConversationRecord) -> dict[MessageId, Said]:
    return {
        node.id: Said(node.parent, node.role, node.text, node.state, node.ending, node.model, node.keeps)
        for node in record.messages
    }

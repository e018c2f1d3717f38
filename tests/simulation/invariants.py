"""What must hold when all is quiet, and when a run has ended. What must hold at every event is in the ledger."""

import sqlite3
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from protocol.chat import Role
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord
from protocol.reply import Reply
from protocol.turn import TurnState
from protocol.ui import WaitReason
from tests.simulation.belongings import belongs_to, misses
from tests.simulation.talks import Said, Talk, exchanges, said_of
from tests.simulation.world import World
from ui.conversation import Conversation, Notice
from ui.turn import Turn


class Kept(NamedTuple):
    """What is on disk."""

    records: dict[ConversationId, ConversationRecord]
    deleted: frozenset[ConversationId]
    """Those of them that are deleted."""


def kept_in(folder: Path, owner: str | None = None) -> Kept:
    """Read everything that is on disk. `owner`: of what waits, only what waits for that process."""
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        names = connection.execute("SELECT id, deleted IS NOT NULL FROM conversation ORDER BY rowid").fetchall()
        reader = ArchiveReader(connection)
        found = [(reader.record(ConversationId(name), owner), bool(deleted)) for name, deleted in names]
    records = {record.id: record for record, _ in found if record is not None}
    return Kept(records, frozenset(record.id for record, deleted in found if record is not None and deleted))


def check_quiet(world: World) -> None:
    """Nothing moves any more: everything has ended or waits for something, and all say the same."""
    complain = world.scheduler.complain
    for stream in world.server.bodies:
        if world.credit.in_flight(stream):
            complain(f"{stream} has credit that was not given back")
    if not world.readers.gone:
        complain("a reader is left, and no turn is under way")
    if world.dead_letters:
        complain(f"messages reached nobody: {world.dead_letters}")
    restarts = sum(heart.restarts for heart in world.hearts.values())
    if world.recovered != restarts:
        complain(f"{restarts} parts were begun anew, and the user was told of {world.recovered}")
    if world.user.is_lost and not restarts:
        complain(f"{world.user.wants} is wanted, and {world.user.model.shown.id} is shown")
    _check_waiting(world)
    _check_accepted(world)
    world.ledger.compared.check_brought(world.ledger.open_talks.__contains__)
    for name, talk in world.ledger.open_talks.items():
        _check_screen(world, name, talk)
        _check_coordinator(world, name, talk)
    kept = kept_in(world.folder, world.name)
    check_kept(world, kept)
    _check_settings(world, kept)


def check_kept(world: World, kept: Kept, killed: bool = False) -> None:
    """What is on disk is what was told. `killed`: what was under way then may be missing."""
    if killed:
        _check_durable(world, kept)
        return
    for name, talk in world.ledger.open_talks.items():
        record = kept.records.get(name)
        if record is None:
            if talk.said or world.ledger.waiting(name):
                world.scheduler.complain(f"{name} is not kept")
        else:
            _check_record(world, talk, record)


def check_resumed(world: World, kept: Kept) -> None:
    """What waited at the end of the run before was sent, in order, and everything is as it was."""
    check_quiet(world)
    _check_nothing_changed(world, kept, kept_in(world.folder))
    sent = list(dict.fromkeys(stream.turn for stream in world.ledger.shown.streams))
    for name, record in kept.records.items():
        if name in kept.deleted:
            continue
        waited = [one.turn for one in sorted(record.waiting, key=lambda one: not one.again)]
        live = [one.id for one in world.ledger.waiting(name)]
        here = [turn for turn in sent if turn in waited]
        if here + [turn for turn in live if turn not in here] != waited:
            world.scheduler.complain(f"{waited} waited in {name}, and {here} were sent, {live} wait")


def _check_nothing_changed(world: World, before: Kept, after: Kept) -> None:
    """What was said in the run before is what it was, whatever was begun, and left, in it."""
    for name, record in before.records.items():
        now = {node.id: node.reply for node in after.records[name].messages} if name in after.records else {}
        for node in record.messages:
            if now.get(node.id) != node.reply:
                world.scheduler.complain(f"{node.id} was {node.reply}, and is {now.get(node.id)}")


def _check_settings(world: World, kept: Kept) -> None:
    """The title, the model, what is set and what is unread are the same on disk and on the screen."""
    for name, talk in world.ledger.open_talks.items():
        record, shown = kept.records.get(name), world.user.model.conversations.get(name)
        if record is None or shown is None:
            continue
        on_disk = record.title, record.model, record.system, record.parameters, record.server, record.unread
        on_screen = shown.title, talk.model, talk.system, shown.parameters, shown.server, shown.unread
        if on_disk != on_screen:
            world.scheduler.complain(f"{name} is {on_disk} on disk, and {on_screen} on the screen")


def _check_waiting(world: World) -> None:
    """What has not ended waits for a named reason, and that can be at this point nothing but a model."""
    first: set[ConversationId] = set()
    for live in world.ledger.live.values():
        name = world.ledger.conversation_of[live.id]
        wanted = WaitReason.EARLIER_PROMPT if name in first else WaitReason.MODEL_UNKNOWN
        first.add(name)
        if live.state is not TurnState.QUEUED or live.reason != wanted:
            world.scheduler.complain(f"{live.id} is {live.state} for ever ({live.reason or 'no reason'})")


def _check_accepted(world: World) -> None:
    """Every prompt that was taken is in the tree, or waits."""
    ledger = world.ledger
    for turn, (name, prompt) in ledger.accepted.items():
        said = ledger.talks[name].said.get(MessageId(turn))
        words = said.reply.text if said is not None else ledger.live[turn].prompt if turn in ledger.live else None
        if words != prompt:
            world.scheduler.complain(f"{turn} said {prompt!r}, and {words!r} is there")


def _check_screen(world: World, name: ConversationId, talk: Talk) -> None:
    shown = world.user.model.conversations.get(name)
    if shown is None:
        world.scheduler.complain(f"{name} is not shown")
        return
    if shown.asleep:
        _check_asleep(world, name, shown)
        return
    wanted = [(turn, prompt, reply, turn in world.ledger.live) for turn, prompt, _, reply, _ in exchanges(talk)]
    there = {turn for turn, *_ in wanted}
    waiting = [one for one in world.ledger.waiting(name) if one.id not in there]
    wanted += [(one.id, one.prompt, Reply(), True) for one in waiting]
    seen = [_seen(shown, entry) for entry in shown.entries if isinstance(entry, Turn)]
    for entry in shown.entries:
        if isinstance(entry, Turn) and misses(entry.prompt, entry.attachments):
            world.scheduler.complain(f"{name} shows {entry.attachments} with {entry.prompt!r}")
    if seen != wanted:
        one, other = next((one, other) for one, other in zip_longest(seen, wanted) if one != other)
        world.scheduler.complain(f"{name} shows {one}, not {other}")


def _check_asleep(world: World, name: ConversationId, shown: Conversation) -> None:
    """Nothing is in memory of what was said: that it is on disk is checked there."""
    if not world.core._conversations.is_asleep(name):
        world.scheduler.complain(f"{name} sleeps on the screen only")
    told = any(isinstance(entry, Notice) and "cannot be read" in entry.text for entry in shown.entries)
    if any(isinstance(entry, Turn) for entry in shown.entries) or (shown is world.user.model.shown and not told):
        world.scheduler.complain(f"{name} sleeps, and is shown")


def _seen(shown: Conversation, turn: Turn) -> tuple[TurnId, str, Reply, bool]:
    attempt = turn.attempt
    reply = (
        Reply(str(attempt.answer), str(attempt.thinking), tuple(attempt.tool_calls)) if attempt is not None else Reply()
    )
    return turn.id, turn.prompt, reply, turn.id in shown.open


def _check_coordinator(world: World, name: ConversationId, talk: Talk) -> None:
    book = [turn.id for turn in world.core._turns.of(name)]
    if world.core._conversations.is_asleep(name):
        if book:
            world.scheduler.complain(f"{name} sleeps, and has {book}")
        return
    tree = world.core._conversations.tree(name)
    for node in tree:
        if node.role is Role.USER and misses(node.text, node.attachments):
            world.scheduler.complain(f"with {node.id} of {name} goes {node.attachments}")
    _compare(world, f"the Coordinator has of {name}", {node.id: said_of(node) for node in tree}, talk, tree.head)
    if book != [one.id for one in world.ledger.waiting(name)]:
        world.scheduler.complain(f"the Coordinator has {book} in {name}, not {world.ledger.waiting(name)}")


def _check_record(world: World, talk: Talk, record: ConversationRecord) -> None:
    said = {node.id: said_of(node) for node in record.messages}
    _compare(world, f"the archive has of {record.id}", said, talk, record.head)
    belongings = [(node.text, node.attachments) for node in record.messages if node.role is Role.USER]
    belongings += [(one.prompt, one.attachments) for one in record.waiting if not one.again]
    for prompt, attachments in belongings:
        if attachments != belongs_to(prompt):
            world.scheduler.complain(f"with {prompt!r} goes {attachments} on disk in {record.id}")
    waits = [(one.turn, one.prompt, one.again, one.continues, one.keeps) for one in record.waiting]
    on_its_way = [
        one.prompt for one in (*world.ledger.delayed, *world.ledger.submitted) if one.conversation == record.id
    ]
    unclaimed = [one for one in waits if one[0] not in world.ledger.live]
    waits = [one for one in waits if one[0] in world.ledger.live]
    words = [prompt for _, prompt, *_ in unclaimed]
    if words != on_its_way and not (world.deletes and _occur(words, on_its_way)):
        world.scheduler.complain(f"{words} wait on disk in {record.id}, and {on_its_way} were on their way")
    live = world.ledger.waiting(record.id)
    wanted = [(one.id, one.prompt, MessageId(one.id) in talk.said, one.continues, one.keeps) for one in live]
    if sorted(waits, key=_sent_first) != sorted(wanted, key=_sent_first):
        world.scheduler.complain(f"{waits} wait on disk in {record.id}, not {wanted}")


def _sent_first(waiting: tuple[TurnId, str, bool, MessageId | None, int | None]) -> bool:
    """What was sent before comes first when the outbox is taken up, wherever it stands in it."""
    return not waiting[2]


def _occur(some: list[str], others: list[str]) -> bool:
    """All of some are among the others, in the same order."""
    rest = iter(others)
    return all(one in rest for one in some)


def _compare(world: World, who: str, said: dict[MessageId, Said], talk: Talk, head: MessageId | None) -> None:
    """The same messages at the same places; of what is live, the state is what each calls it."""
    if list(said) != list(talk.said) or head != talk.head:
        world.scheduler.complain(f"{who} {list(said)} up to {head}, not {list(talk.said)} up to {talk.head}")
        return
    for one, other in zip(said.values(), talk.said.values(), strict=True):
        under_way = other.role is Role.USER and TurnId(other.id) in world.ledger.live
        as_told = one.id in world.ledger.shown.as_told and other.reply != one.reply  # who knew the whole of it died
        where = (one.parent, one.role, one.keeps) == (other.parent, other.role, other.keeps)
        same = where and (as_told or one.reply == other.reply)
        if not same or (one.state != other.state and not under_way):
            world.scheduler.complain(f"{who} {one}, not {other}")


def _check_durable(world: World, kept: Kept) -> None:
    """What the Coordinator has accepted was on disk before; of replies there is a beginning.

    A fork is on disk a moment after it is told: until then its prompts are where they were copied from.
    """
    for turn, (name, prompt) in world.ledger.accepted.items():
        record = kept.records.get(name)
        talk = world.ledger.talks[name]
        if turn in world.ledger.compared.questions:
            continue
        elsewhere = world.ledger.compared.columns_with(turn) if talk.parent is None else [talk.parent]
        if any(_is_in(other, prompt, kept) for other in elsewhere):
            continue
        if record is None:
            if name in world.ledger.open_talks and turn not in world.ledger.copied:
                world.scheduler.complain(f"{name} is not on disk, and {turn} was accepted there")
            continue
        if prompt not in _words(record) and turn not in world.ledger.copied:
            world.scheduler.complain(f"{turn} ({prompt!r}) was accepted, and is not on disk")
        for node in record.messages:
            there = world.ledger.talks[name].said.get(node.id)
            if node.role is Role.ASSISTANT and (there is None or not there.reply.text.startswith(node.text)):
                world.scheduler.complain(f"{node} is on disk, and {there} was shown")


def _words(record: ConversationRecord) -> set[str]:
    return {node.text for node in record.messages} | {one.prompt for one in record.waiting}


def _is_in(conversation: ConversationId, prompt: str, kept: Kept) -> bool:
    """Until a comparison is on disk, its prompt is where it was typed; until answers are brought, in the columns."""
    record = kept.records.get(conversation)
    return record is not None and prompt in _words(record)

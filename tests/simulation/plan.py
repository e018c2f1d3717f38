"""What happens in a run, as data: drawn from a seed, or by Hypothesis, which makes failing plans short."""

import random
from enum import StrEnum

from msgspec.structs import replace

from protocol.message import Value


class Ending(StrEnum):
    """How the first run ends."""

    SETTLED = "settled"
    """All is quiet, then the user leaves."""
    QUIT = "quit"
    """The user leaves in the middle."""
    KILLED = "killed"
    """The process is gone from one moment to the next."""


class Fault(StrEnum):
    """What goes wrong with one answer."""

    NONE = "none"
    REFUSED = "refused"
    BUSY = "busy"
    REFUSAL = "refusal"
    MISSING = "missing"
    RESET = "reset"
    SILENCE = "silence"
    EARLY_END = "early end"
    HALF_LINE = "half a line"
    GARBAGE = "garbage"
    WRONG_TYPE = "wrong type"
    ERROR_LINE = "error line"
    DONE_TWICE = "done twice"
    TOO_LONG = "too long"
    LONG_LINE = "long line"
    READER_DIES = "reader dies"
    NO_THREAD = "no thread"


class Act(Value, frozen=True):
    """Something the user does. What the numbers mean depends on what it is."""

    after: float
    """Seconds after the act before."""
    what: str
    number: int = 0
    other: int = 0


class Answer(Value, frozen=True):
    """How the server answers one request."""

    thoughts: int = 0
    words: int = 3
    calls: int = 0
    reason: str = "stop"
    first_byte: float = 0.01
    pause: float = 0.0
    """Seconds between two reads, at most."""
    piece: int = 60
    """Bytes of a read, at most."""
    goes_on: str = "on"
    """What it does with a partial reply: `on`, `again` or `anew`."""
    fault: Fault = Fault.NONE
    where: float = 0.5
    """The share of the answer before the fault."""


class Trouble(Value, frozen=True):
    """Something that goes wrong for a while."""

    at: float
    seconds: float
    what: str
    """`away`, `full`, `locked`, `failing`, `slow disk`, or `stall NAME`."""


class Plan(Value, frozen=True):
    """A whole simulation: two runs of the program, one after the other, on the same folder."""

    seed: int
    """Decides every interleaving."""
    acts: tuple[Act, ...]
    later: tuple[Act, ...] = ()
    """What the user does in the second run."""
    answers: tuple[Answer, ...] = (Answer(),)
    troubles: tuple[Trouble, ...] = ()
    ending: Ending = Ending.SETTLED
    models: int = 1
    dies: str = ""
    """An actor that dies in the first run."""
    dies_in: int = 0
    """After so many messages."""
    restarts: int = 0
    """So many times it fails in the middle of its work and begins anew, instead of dying."""
    tellings: int = 0
    """After so many tellings in the middle of its work; 0 is before all of it."""
    servers: int = 1
    forgets: bool = False
    """In the second run the last of several servers is not configured any more."""
    pool: int = 0
    """So many of the servers, the first ones, are a pool, which answers where nothing else is said."""
    streams: int = 2
    """Replies at a time, over all servers."""
    hidden: int = 100_000
    """So many characters of what is not shown stay in memory."""


ACTS = {
    "send": 20,
    "send now": 4,
    "send twice": 1,
    "cancel": 6,
    "cancel all": 2,
    "retry": 5,
    "continue": 5,
    "edit": 4,
    "undo": 4,
    "redo": 3,
    "version": 4,
    "fork": 2,
    "new": 3,
    "open": 5,
    "delete": 2,
    "undelete": 2,
    "queue": 1,
    "queue edit": 2,
    "queue drop": 2,
    "queue move": 3,
    "queue now": 2,
    "model": 2,
    "system": 1,
    "title": 1,
    "look": 2,
}
"""What a user does, and how often."""
STALLING = ("Coordinator", "Accumulator", "Archivist", "InputHandler", "Librarian", "UI")
MORTAL = ("Accumulator", "InputHandler", "Librarian", "Archivist", "Timekeeper", "Coordinator")
"""Who dies in some plans; that a StreamReader dies is a fault of an answer."""
DEADLY = 8
"""Every so many seeds, somebody dies."""
RENEWED = 3
"""Every so many of those, it is begun anew instead."""
SEVERAL = 3
"""Every so many seeds, there are several servers, and the user moves from one to another."""
POOLED = 7
"""Every so many seeds, there is a pool, and much is asked at once."""
COMPARES = 3
"""Every so many seeds, prompts go to many."""
_COMPARING = {
    "compare": 6,
    "compare next": 2,
    "pick": 6,
    "compare again": 2,
    "judge": 2,
    "merge": 2,
    "drop": 2,
    "compared": 1,
    "cancel column": 3,
}
"""What the user does then, and how often."""
CAREFUL = ("Accumulator",)
"""Who can fail at nothing before all of its work: to give credit back is certain from its first line on."""
SUMMED_UP = 3
"""Every so many seeds, what was said is summed up now and then."""
_SUMMARIES = 0.25
"""The share of what the user does there."""
_DISK = ("full", "locked", "failing", "slow disk")


def draw_plan(seed: int, restless: bool = True) -> Plan:
    """The plan of a seed. `restless`: the user goes to and fro, and what is not shown does not stay in memory."""
    plan = _draw_plan(seed)
    if not restless:
        return plan
    chance = random.Random(f"restless {seed}")
    hidden = chance.choice((0, 0, 0, 80))
    plan = replace(plan, acts=_restless(chance, plan.acts), later=_restless(chance, plan.later), hidden=hidden)
    return _with_comparisons(plan) if seed % COMPARES == 1 else plan


def _with_comparisons(plan: Plan) -> Plan:
    """The same, where the user compares. It has a chance of its own, so that the rest stays as it is."""
    chance = random.Random(f"compares {plan.seed}")
    often = chance.choice((0.2, 0.5, 0.9))
    return replace(plan, acts=_comparing(chance, plan.acts, often), later=_comparing(chance, plan.later, often))


def _comparing(chance: random.Random, acts: tuple[Act, ...], often: float) -> tuple[Act, ...]:
    names, weights = list(_COMPARING), list(_COMPARING.values())
    hurry, found = chance.choice((0.0, 0.05, 0.5, 2.0)), list[Act]()
    for act in acts:
        if chance.random() < often:
            (what,) = chance.choices(names, weights)
            found.append(Act(round(chance.random() * hurry, 3), what, chance.randrange(8), chance.randrange(8)))
        found.append(act)
    return tuple(found)


def _restless(chance: random.Random, acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """Put jumps between other conversations into what the user does."""
    often, hurry = chance.choice((0.2, 0.5, 0.9)), chance.choice((0.0, 0.02, 0.3, 2.0))
    jumps = [
        Act(round(chance.random() * hurry, 3), chance.choice(("jump", "jump", "jump", "new")), chance.randrange(8))
        for _ in acts
    ]
    pairs = ((act, jump) if chance.random() < often else (act,) for act, jump in zip(acts, jumps, strict=True))
    return tuple(act for pair in pairs for act in pair)


def _draw_plan(seed: int) -> Plan:
    chance = random.Random(seed)
    faulty = chance.choice((0.0, 0.2, 0.5))
    deadly = seed % DEADLY == DEADLY - 1
    plan = Plan(
        seed,
        acts=_draw_acts(chance, chance.randrange(4, 40)),
        later=_draw_acts(chance, chance.randrange(0, 10)),
        answers=tuple(_draw_answer(chance, faulty) for _ in range(chance.randrange(1, 16))),
        troubles=_draw_troubles(chance),
        ending=chance.choice((Ending.SETTLED, Ending.SETTLED, Ending.QUIT, Ending.QUIT, Ending.KILLED)),
        models=chance.choice((1, 1, 1, 2)),
        dies=chance.choice(MORTAL) if deadly else "",
        dies_in=chance.randrange(1, 60) if deadly else 0,
    )
    plan = _with_summaries(plan)
    if deadly and seed // DEADLY % RENEWED == 0:
        tellings = max(plan.dies in CAREFUL, chance.choice((0, 1, 1, 2, 3, 5)))
        plan = replace(plan, restarts=chance.choice((1, 1, 2, 3)), tellings=tellings)
    if seed % POOLED == 0:
        return _with_pool(plan)
    return _with_servers(plan) if seed % SEVERAL == SEVERAL - 1 else plan


def _with_pool(plan: Plan) -> Plan:
    """The same with a pool. It has a chance of its own, so that the rest stays as it is."""
    chance = random.Random(f"pool {plan.seed}")
    servers, often = chance.randrange(1, 9), chance.choice((0.0, 0.05, 0.2))
    away = tuple(
        Trouble(round(chance.random() * 6, 3), chance.choice((0.05, 0.5, 3.0, 12.0)), "away")
        for _ in range(chance.randrange(servers + 1))
    )
    return replace(
        plan,
        acts=_with_moves(chance, _with_bursts(chance, plan.acts), often),
        later=_with_moves(chance, plan.later, often),
        troubles=(*plan.troubles, *away),
        models=chance.choice((1, 2, 3)),
        servers=servers,
        pool=chance.choice((servers, servers, max(1, servers - 1))),
        streams=chance.choice((2, 4, 12)),
        forgets=servers > 1 and chance.random() < 0.3,
    )


def _with_bursts(chance: random.Random, acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """Many conversations ask something at once, and one sometimes has more to ask than the others."""
    found: list[Act] = []
    for act in acts:
        found.append(act)
        if chance.random() < 0.15:
            found += [Act(0.0, "send", chance.randrange(8), 1) for _ in range(chance.choice((0, 0, 5)))]
            for _ in range(chance.randrange(2, 10)):
                found += [Act(0.0, "new"), Act(0.0, "send", chance.randrange(8), 1)]
    return tuple(found)


def _with_servers(plan: Plan) -> Plan:
    """The same with several servers. It has a chance of its own, so that the rest stays as it is."""
    chance = random.Random(f"servers {plan.seed}")
    often = chance.choice((0.05, 0.2, 0.5))
    return replace(
        plan,
        acts=_with_moves(chance, plan.acts, often),
        later=_with_moves(chance, plan.later, often),
        servers=chance.choice((2, 3)),
        forgets=chance.random() < 0.3,
    )


def _with_moves(chance: random.Random, acts: tuple[Act, ...], often: float) -> tuple[Act, ...]:
    found: list[Act] = []
    for act in acts:
        if chance.random() < often:
            found.append(Act(act.after, "server", chance.randrange(8), chance.randrange(8)))
        found.append(act)
    return tuple(found)


def _with_summaries(plan: Plan) -> Plan:
    """In some plans, have a summary made now and then. It is drawn apart, so that all else stays as it was."""
    if plan.seed % SUMMED_UP:
        return plan
    chance = random.Random(f"summaries {plan.seed}")

    def drawn(acts: tuple[Act, ...]) -> tuple[Act, ...]:
        return tuple(replace(act, what="compact") if chance.random() < _SUMMARIES else act for act in acts)

    return replace(plan, acts=drawn(plan.acts), later=drawn(plan.later))


def _draw_acts(chance: random.Random, number: int) -> tuple[Act, ...]:
    names, weights = list(ACTS), list(ACTS.values())
    hurry = chance.choice((0.0, 0.05, 0.5, 2.0))
    acts = chance.choices(names, weights, k=number)
    return tuple(
        Act(round(chance.random() * hurry, 3), what, chance.randrange(8), chance.randrange(8)) for what in acts
    )


def _draw_answer(chance: random.Random, faulty: float) -> Answer:
    fault = chance.choice(list(Fault)) if chance.random() < faulty else Fault.NONE
    return Answer(
        thoughts=chance.choice((0, 0, 1, 4)),
        words=chance.choice((0, 1, 2, 5, 12)),
        calls=chance.choice((0, 0, 0, 1, 2)),
        reason=chance.choice(("stop", "stop", "stop", "length")),
        first_byte=chance.choice((0.0, 0.01, 0.3, 3.0)),
        pause=chance.choice((0.0, 0.0, 0.01, 0.2)),
        piece=chance.choice((9, 60, 200, 2000)),
        goes_on=chance.choice(("on", "again", "anew")),
        fault=fault,
        where=round(chance.random(), 3),
    )


def _draw_troubles(chance: random.Random) -> tuple[Trouble, ...]:
    number = chance.choice((0, 1, 1, 2, 4))
    kinds = (*("away",) * 6, *_DISK, *(f"stall {name}" for name in STALLING))
    return tuple(
        Trouble(round(chance.random() * 6, 3), chance.choice((0.05, 0.5, 3.0, 12.0, 30.0)), chance.choice(kinds))
        for _ in range(number)
    )

"""The same with a plan that Hypothesis draws: one that fails shrinks to a short one."""

from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.simulation.plan import ACTS, CAREFUL, MORTAL, STALLING, Act, Answer, Ending, Fault, Plan, Trouble
from tests.simulation.run import simulate

KINDS = ("away", "full", "locked", "failing", "slow disk", *(f"stall {name}" for name in STALLING))
SHORT = st.sampled_from((0.0, 0.01, 0.4, 2.0))
ACT = st.builds(Act, SHORT, st.sampled_from(tuple(ACTS)), st.integers(0, 7), st.integers(0, 7))
ANSWER = st.builds(
    Answer,
    thoughts=st.integers(0, 2),
    words=st.integers(0, 6),
    calls=st.integers(0, 1),
    reason=st.sampled_from(("stop", "length")),
    first_byte=SHORT,
    pause=SHORT,
    piece=st.sampled_from((2000, 60, 9)),
    goes_on=st.sampled_from(("on", "again", "anew")),
    fault=st.sampled_from(Fault),
    where=st.sampled_from((0.0, 0.3, 0.5, 0.9)),
)
TROUBLE = st.builds(Trouble, SHORT, SHORT, st.sampled_from(KINDS))
PLAN = st.builds(
    Plan,
    seed=st.integers(0, 99),
    acts=st.lists(ACT, max_size=20).map(tuple),
    later=st.lists(ACT, max_size=4).map(tuple),
    answers=st.lists(ANSWER, min_size=1, max_size=5).map(tuple),
    troubles=st.lists(TROUBLE, max_size=2).map(tuple),
    ending=st.sampled_from(Ending),
    models=st.integers(1, 2),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan, in some of which an actor fails in the middle of its work and is begun anew."""
    plan = draw(PLAN)
    if not draw(st.booleans()):
        return plan
    dies = draw(st.sampled_from(MORTAL))
    tellings = draw(st.integers(int(dies in CAREFUL), 5))
    return replace(
        plan, dies=dies, dies_in=draw(st.integers(1, 60)), restarts=draw(st.integers(1, 3)), tellings=tellings
    )


UNNAMED = Plan(
    seed=0,
    acts=tuple(Act(0.0, what) for what in ("cancel", "cancel all", "retry", "cancel all", "send")),
    answers=(Answer(words=0, first_byte=0.0, piece=2000, where=0.0),),
    dies="Archivist",
    dies_in=9,
    restarts=1,
)
"""The Archivist fails at a first prompt: it learns of the chat, and makes its title, when all is told again."""


@settings(max_examples=120, deadline=None)
@given(plans())
@example(UNNAMED)
def test_no_plan_loses_anything(plan: Plan) -> None:
    outcome = simulate(plan)
    note(outcome.trace.encoded().decode())
    assert outcome.violations == []

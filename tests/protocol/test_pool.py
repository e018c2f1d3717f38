"""Which prompts begin, and on which server: the whole policy, case by case and by its laws."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.identity import DEFAULT_SERVER, POOL, ServerName
from protocol.loads import Load
from protocol.parameters import Option
from protocol.pool import PATIENCE, STREAMS, Health, Hold, Plan, Station, Waiting, eligible, in_turns, plan

MILL, BARN, SHED = ServerName("mill"), ServerName("barn"), ServerName("shed")
TINY, HUGE, WIDE = Load("tiny"), Load("huge"), Load("tiny", (Option("num_ctx", 8192),))
ALONE = (Station(),)
MANY = 100


def on(server: ServerName, load: Load = TINY) -> Load:
    return replace(load, server=server)


def pooled(*models: str, name: ServerName = MILL, loaded: Sequence[Load] = (), **fields: object) -> Station:
    there = frozenset(on(name, load) for load in loaded)
    values = {"pooled": True, "models": frozenset(models) or None, "loaded": there, **fields}
    return Station(name, **values)  # type: ignore[arg-type]


def prompts(*loads: Load, server: ServerName = DEFAULT_SERVER) -> list[Waiting]:
    """Of a conversation each, in order."""
    return [Waiting(on(server, load), str(place), place) for place, load in enumerate(loads)]


def of_pool(*loads: Load) -> list[Waiting]:
    return prompts(*loads, server=POOL)


def chosen(waiting: Sequence[Waiting], warm: Sequence[Load], free: int) -> tuple[int, ...]:
    """Which begin at one server without a limit, where this is loaded and so many streams are free."""
    return tuple(plan([Station(loaded=frozenset(warm))], waiting, (), free).starts)


@pytest.mark.parametrize(
    ("waiting", "warm", "free", "begin"),
    [
        ([], [], 2, ()),
        (prompts(TINY, HUGE), [], 0, ()),
        (prompts(TINY, HUGE), [], 2, (0, 1)),
        (prompts(TINY, HUGE, TINY), [], 1, (0,)),
        (prompts(TINY, HUGE, TINY), [], 2, (0, 2)),
        (prompts(HUGE, TINY), [TINY], 1, (1,)),
        (prompts(HUGE, WIDE, TINY, TINY), [TINY], 2, (2, 3)),
        (prompts(HUGE, WIDE, TINY), [TINY], 2, (2, 0)),
        ([Waiting(HUGE, passed=PATIENCE), Waiting(TINY, "1", 1)], [TINY], 1, (0,)),
        (
            [Waiting(HUGE, passed=PATIENCE - 1), Waiting(TINY, "1", 1), Waiting(TINY, "2", 2)],
            [TINY],
            2,
            (1, 0),
        ),
    ],
)
def test_those_go_first_whose_model_is_loaded(
    waiting: list[Waiting], warm: list[Load], free: int, begin: tuple[int, ...]
) -> None:
    assert chosen(waiting, warm, free) == begin


def test_who_is_passed_by_is_told_how_often() -> None:
    made = plan([Station(loaded=frozenset({TINY}))], prompts(HUGE, TINY, WIDE, TINY), (), 2)
    assert (tuple(made.starts), made.passed) == ((1, 3), (2, 0, 1, 0))


@pytest.mark.parametrize(("streams", "hold"), [(2, Hold.STREAMS), (3, None)])
def test_what_streams_takes_a_stream_and_what_waits_takes_none(streams: int, hold: Hold | None) -> None:
    made = plan(ALONE, prompts(TINY), [TINY, HUGE], streams)
    assert made.holds == (hold,)


def test_what_is_bound_goes_to_its_server_only_however_that_fares() -> None:
    stations = [Station(MILL, health=Health.AWAY), Station(BARN, 1)]
    waiting = [*prompts(TINY, server=MILL), *prompts(TINY, server=BARN), *prompts(TINY, server=BARN)]
    made = plan(stations, waiting, (), MANY)
    assert made == Plan({0: MILL, 1: BARN}, (0, 0, 0), (None, None, Hold.SERVER))


def test_who_waits_for_a_full_server_is_in_nobodys_way_and_is_not_passed_by() -> None:
    stations = [Station(MILL, 1), Station(BARN)]
    waiting = [*prompts(TINY, TINY, server=MILL), Waiting(on(BARN), "late", 9)]
    made = plan(stations, waiting, [on(MILL)], 2)
    assert (made.starts, made.passed, made.holds) == ({2: BARN}, (0, 0, 0), (Hold.STREAMS, Hold.STREAMS, None))


def test_of_the_pool_the_one_with_the_model_loaded_is_asked() -> None:
    stations = [pooled("tiny"), pooled("tiny", name=BARN, loaded=[TINY])]
    assert plan(stations, of_pool(TINY), (), MANY).starts == {0: BARN}


def test_where_the_model_streams_now_it_is_loaded() -> None:
    stations = [pooled("tiny"), pooled("tiny", name=BARN, limit=2)]
    assert plan(stations, of_pool(TINY), [on(BARN)], MANY).starts == {0: BARN}


def test_where_that_is_full_the_least_busy_that_has_the_model_is_asked() -> None:
    stations = [
        pooled("tiny", loaded=[TINY]),
        pooled("tiny", name=BARN, limit=3),
        pooled("tiny", name=SHED, limit=3),
        pooled("huge", name=ServerName("other")),
    ]
    running = [on(MILL), on(BARN, HUGE), on(BARN, HUGE), on(SHED, HUGE)]
    assert plan(stations, of_pool(TINY), running, MANY).starts == {0: SHED}


def test_where_nothing_speaks_for_another_the_conversation_stays_where_it_was() -> None:
    stations = [pooled("tiny"), pooled("tiny", name=BARN)]
    (prompt,) = of_pool(TINY)
    assert plan(stations, [replace(prompt, kept=BARN)], (), MANY).starts == {0: BARN}
    assert plan(stations, [prompt], (), MANY).starts == {0: MILL}


def test_a_server_without_a_limit_is_asked_one_thing_at_a_time_by_the_pool_and_by_nobody_else() -> None:
    made = plan([pooled("tiny")], [*of_pool(TINY, TINY), Waiting(on(MILL), "bound", 5)], (), MANY)
    assert made.starts == {0: MILL, 2: MILL}
    assert made.holds == (None, Hold.POOL, None)


def test_many_prompts_are_spread_over_the_pool() -> None:
    stations = [pooled("tiny", name=name) for name in (MILL, BARN, SHED)]
    made = plan(stations, of_pool(TINY, TINY, TINY, TINY), (), MANY)
    assert made.starts == {0: MILL, 1: BARN, 2: SHED}
    assert made.holds[3] is Hold.POOL


@pytest.mark.parametrize(
    ("stations", "hold"),
    [
        ([pooled("tiny", health=Health.AWAY)], Hold.AWAY),
        ([pooled("tiny", health=Health.UNKNOWN)], Hold.SURVEY),
        ([pooled("huge"), pooled(name=BARN, health=Health.UNKNOWN)], Hold.SURVEY),
        ([pooled("huge"), pooled("tiny", name=BARN, health=Health.AWAY)], Hold.AWAY),
        ([pooled("huge"), pooled("huge", name=BARN, health=Health.AWAY)], None),
        ([pooled("tiny"), pooled("tiny", name=BARN, health=Health.AWAY)], None),
    ],
)
def test_a_prompt_waits_for_one_that_may_have_its_model_and_else_for_nobody(
    stations: list[Station], hold: Hold | None
) -> None:
    assert plan(stations, of_pool(TINY), (), MANY).holds == (hold,)


def test_a_model_that_nobody_has_is_asked_for_where_somebody_can_say_so() -> None:
    assert eligible([pooled("huge"), pooled("huge", name=BARN, health=Health.AWAY)], "tiny") == (pooled("huge"),)


def test_where_a_prompt_broke_off_it_goes_only_if_there_is_nobody_else() -> None:
    stations = [pooled("tiny", loaded=[TINY]), pooled("tiny", name=BARN)]
    (prompt,) = of_pool(TINY)
    assert plan(stations, [replace(prompt, avoids=frozenset({MILL}))], (), MANY).starts == {0: BARN}
    assert plan(stations, [replace(prompt, avoids=frozenset({MILL, BARN}))], (), MANY).starts == {0: MILL}


def turns(*named: tuple[str, int]) -> list[Waiting]:
    return [Waiting(on(POOL), group, since) for group, since in named]


def test_conversations_take_turns_in_the_order_in_which_they_could_begin() -> None:
    assert in_turns(turns(("a", 5), ("b", 3), ("c", 4))) == [1, 2, 0]


def test_what_counts_as_one_has_one_of_it_sent_before_the_others_have_had_theirs() -> None:
    assert in_turns(turns(("many", 0), ("many", 1), ("many", 2), ("one", 3), ("two", 4))) == [0, 3, 4, 1, 2]


def test_one_of_many_columns_and_a_late_prompt_share_two_servers() -> None:
    stations = [pooled("tiny"), pooled("tiny", name=BARN)]
    assert set(plan(stations, turns(("many", 0), ("many", 1), ("one", 3)), (), MANY).starts) == {0, 2}


NAMES = [ServerName(name) for name in "abcdefgh"]
LOADS = st.sampled_from([TINY, HUGE, WIDE, Load("other")])
QUEUES = st.lists(st.tuples(LOADS, st.integers(0, PATIENCE)), max_size=12).map(
    lambda drawn: [Waiting(load, str(place), place, passed) for place, (load, passed) in enumerate(drawn)]
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Station], list[Waiting], list[Load], int]:
    """One to eight servers, some of them in the pool, what streams there within their limits, and what waits."""
    names = NAMES[: draw(st.integers(1, 8))]
    models = st.none() | st.frozensets(st.sampled_from(["tiny", "huge", "other"]))
    stations = [
        Station(
            name,
            draw(st.none() | st.integers(1, 3)),
            draw(st.booleans()),
            draw(st.sampled_from(Health)),
            draw(models),
            frozenset(on(name, load) for load in draw(st.sets(LOADS, max_size=2))),
        )
        for name in names
    ]
    running = [
        on(one.name, load)
        for one in stations
        for load in draw(st.lists(LOADS, max_size=(one.limit or 2) if draw(st.booleans()) else 0))
    ]
    waiting = [
        Waiting(
            on(draw(st.sampled_from([POOL, POOL, *names])), draw(LOADS)),
            draw(st.sampled_from(["a", "b", "c", "d"])),
            draw(st.integers(0, 9)),
            draw(st.integers(0, PATIENCE)),
            draw(st.none() | st.sampled_from(names)),
            frozenset(draw(st.sets(st.sampled_from(names), max_size=2))),
        )
        for _ in range(draw(st.integers(0, 10)))
    ]
    return stations, waiting, running, len(running) + draw(st.integers(0, 12))


def busy_after(made: Plan, running: Sequence[Load]) -> Counter[ServerName]:
    return Counter([*(load.server for load in running), *made.starts.values()])


@given(worlds())
def test_no_limit_is_passed(world: tuple[list[Station], list[Waiting], list[Load], int]) -> None:
    stations, waiting, running, streams = world
    made = plan(*world)
    busy = busy_after(made, running)
    assert busy.total() <= streams
    for station in stations:
        assert station.limit is None or busy[station.name] <= station.limit
        for_pool = [place for place, name in made.starts.items() if name == station.name and waiting[place].pooled]
        there = sum(load.server == station.name for load in running)
        assert len(for_pool) <= max(0, (station.limit or STREAMS) - there)


@given(worlds())
def test_each_goes_only_where_it_may(world: tuple[list[Station], list[Waiting], list[Load], int]) -> None:
    stations, waiting, _, _ = world
    there = {station.name: station for station in stations}
    for place, name in plan(*world).starts.items():
        one, station = waiting[place], there[name]
        if one.pooled:
            others = [other for other in stations if other.pooled and other.may_have(one.load.model)]
            assert station.pooled
            assert station.health is Health.LIVE
            assert station.may_have(one.load.model) or not others
            fresh = [other for other in others if other.health is Health.LIVE and other.name not in one.avoids]
            assert name not in one.avoids or not fresh
        else:
            assert name == one.load.server


@given(worlds())
def test_no_live_server_is_idle_while_a_prompt_that_it_could_take_waits(
    world: tuple[list[Station], list[Waiting], list[Load], int],
) -> None:
    stations, waiting, running, streams = world
    made = plan(*world)
    busy = busy_after(made, running)
    for one, hold in zip(waiting, made.holds, strict=True):
        could = (
            eligible(stations, one.load.model, one.avoids) or eligible(stations, one.load.model)
            if one.pooled
            else [station for station in stations if station.name == one.load.server]
        )
        room = [other for other in could if busy[other.name] < (other.limit or (STREAMS if one.pooled else MANY))]
        match hold:
            case Hold.STREAMS:
                assert busy.total() >= streams
            case Hold.SERVER | Hold.POOL:
                assert could
                assert not room
            case Hold.SURVEY | Hold.AWAY:
                assert not could
            case None:
                pass


@given(worlds())
def test_the_same_question_has_the_same_answer_and_each_prompt_one(
    world: tuple[list[Station], list[Waiting], list[Load], int],
) -> None:
    made = plan(*world)
    assert made == plan(*world)
    assert [place for place, hold in enumerate(made.holds) if hold is None] == sorted(made.starts)


@given(QUEUES, st.sets(LOADS), st.integers(0, 5))
def test_as_many_go_as_can_and_each_once(waiting: list[Waiting], warm: set[Load], free: int) -> None:
    begin = chosen(waiting, list(warm), free)
    assert len(begin) == len(set(begin)) == min(free, len(waiting))


@given(st.lists(LOADS, max_size=12), st.sets(LOADS), st.integers(0, 5))
def test_those_that_need_the_same_keep_their_order(loads: list[Load], warm: set[Load], free: int) -> None:
    begin = chosen(prompts(*loads), list(warm), free)
    for load in loads:
        own = [place for place in begin if loads[place] == load]
        assert own == [place for place, one in enumerate(loads) if one == load][: len(own)]


@given(st.lists(LOADS, min_size=1, max_size=8), st.data())
def test_nobody_waits_for_ever(loads: list[Load], data: st.DataObject) -> None:
    """However many come later, and whatever they need: the last of those that wait now is sent in bounded time."""
    queue = prompts(*loads)
    theirs, bound = len(loads), len(loads) * (PATIENCE + 1)
    for number in range(bound):
        late = data.draw(st.lists(LOADS, max_size=2))
        queue += [Waiting(load, f"{number} {place}", 100 + 2 * number + place) for place, load in enumerate(late)]
        made = plan([Station(loaded=frozenset(data.draw(st.sets(LOADS))))], queue, (), 1)
        (gone,) = made.starts or (None,)
        theirs -= gone is not None and gone < theirs
        queue = [
            replace(one, passed=passed)
            for place, (one, passed) in enumerate(zip(queue, made.passed, strict=True))
            if place != gone
        ]
    assert theirs == 0


@given(st.lists(LOADS, min_size=2, max_size=10))
def test_a_queue_without_news_loads_no_model_more_often_than_in_order(loads: list[Load]) -> None:
    def loaded(pick: Callable[[list[Waiting], list[Load]], int]) -> int:
        queue, warm, times = prompts(*loads), list[Load](), 0
        while queue:
            one = queue.pop(pick(queue, warm))
            times += one.load not in warm
            warm = [one.load]
        return times

    assert loaded(lambda queue, warm: chosen(queue, warm, 1)[0]) <= loaded(lambda _queue, _warm: 0)

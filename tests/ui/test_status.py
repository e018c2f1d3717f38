import pytest
from hypothesis import given
from hypothesis import strategies as st
from urwid.testing import render_runs, render_text

from protocol.errors import ServerRefusal
from protocol.frames import Metrics
from protocol.identity import POOL, ServerName, TurnId
from protocol.models import RunningModel, ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.parameters import NOTHING_SET, Option, Parameters
from protocol.reply import Reply
from protocol.server_events import ServerSet
from protocol.server_names import ServerNames
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    KeepingFailed,
    ServerChanged,
    TitleSet,
    TurnEnded,
    TurnMoved,
    UiEvent,
    VersionsCounted,
    WaitReason,
)
from tests.ui.talk import OTHER, REFUSED, STOPPED, TALK, accepted, done, grew, moved, queued, started, stream
from ui.model import Model
from ui.palette import Role
from ui.status import CUTTABLE, Segment, StatusLine, fit, segments, with_mode

HERE = ServerChanged(ServerSurvey("here"))


def said(*events: UiEvent, after: float = 0.0, hint: str = "") -> list[str]:
    """Return the segments `after` seconds after events that all came at 0."""
    model = Model()
    for event in (HERE, *events):
        model.apply(event, 0.0)
    return [segment.text for segment in segments(model, after, hint)]


@pytest.mark.parametrize(
    ("events", "after", "expected"),
    [
        ([], 0.0, ["no model", "starting", "here", "F1 keys"]),
        ([started()], 5.0, ["llama3.2", "ready", "here", "F1 keys"]),
        ([started(), accepted("1")], 5.0, ["llama3.2", "queued", "here", "Esc stops"]),
        (
            [started(), accepted("1"), queued("1", WaitReason.SURVEY)],
            5.0,
            ["llama3.2", "queued: waits for the list of models", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.CONNECTING)],
            12.4,
            ["llama3.2", "loading or waiting 12 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.THINKING)],
            3.0,
            ["llama3.2", "thinking 3 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "a")],
            2.9,
            ["llama3.2", "answering 3 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "a")],
            8.0,
            ["llama3.2", "answering 8 s", "silent 8 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.RETRYING, failure=REFUSED, delay=3.0)],
            1.0,
            ["llama3.2", "retry 1 in 2 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.WAITING_FOR_SERVER, failure=REFUSED)],
            8.0,
            ["llama3.2", "waiting for server 8 s", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), moved("1", TurnState.CONNECTING), accepted("2"), accepted("3")],
            0.0,
            ["llama3.2", "loading or waiting 0 s", "2 queued", "here", "Esc stops"],
        ),
        (
            [started(), accepted("1"), done("1", "a", Metrics(eval_count=84, eval_duration=2 * 10**9))],
            0.0,
            ["llama3.2", "ready", "42 tokens/s", "here", "F1 keys"],
        ),
        (
            [started(), accepted("1"), done("1", "a", Metrics(eval_count=84, eval_duration=84))],
            0.0,
            ["llama3.2", "ready", "here", "F1 keys"],
        ),
        (
            [
                started(OTHER),
                accepted("1", conversation=OTHER),
                moved("1", TurnState.CONNECTING, conversation=OTHER),
                started(),
            ],
            0.0,
            ["llama3.2", "ready", "1 in background", "here", "F1 keys"],
        ),
        (
            [started(), ServerChanged(ServerSurvey("here", failure=REFUSED))],
            0.0,
            ["llama3.2", "ready", "server unreachable", "here", "F1 keys"],
        ),
        (
            [started(), ServerChanged(ServerSurvey("here", failure=ServerRefusal("No.").failure))],
            0.0,
            ["llama3.2", "ready", "server not usable", "here", "F1 keys"],
        ),
        (
            [started(), ServerChanged(ServerSurvey("here", notice="It is a small one.", caption="demo model"))],
            0.0,
            ["llama3.2", "ready", "demo model", "here", "F1 keys"],
        ),
        (
            [
                started(OTHER),
                accepted("1", conversation=OTHER),
                started(),
                TurnEnded(OTHER, stream("1"), TurnState.DONE, Reply(), STOPPED),
            ],
            0.0,
            ["llama3.2", "ready", "1 unread", "here", "F1 keys"],
        ),
        (
            [
                started(),
                accepted("1"),
                VersionsCounted(TALK, TurnId("1"), Place(2, 2), Place(1, 3)),
                done("1", "a"),
            ],
            0.0,
            ["llama3.2", "ready", "prompt 2/2 reply 1/3", "here", "F1 keys"],
        ),
        (
            [started(), KeepingFailed("The disk is full.")],
            0.0,
            ["llama3.2", "ready", "not kept on disk", "here", "F1 keys"],
        ),
        (
            [started(), TitleSet(TALK, "Sky\x1b[2J\nblue")],
            0.0,
            ["llama3.2", "ready", "here", "Sky␛[2J blue", "F1 keys"],
        ),
        ([ConversationStarted(TALK, "e\x1b[31m\nvil")], 0.0, ["e␛[31m vil", "ready", "here", "F1 keys"]),
    ],
)
def test_what_happens_is_said(events: list[UiEvent], after: float, expected: list[str]) -> None:
    assert said(*events, after=after) == expected


def test_the_mode_of_the_composer_takes_the_place_of_the_hint_at_keys() -> None:
    parts = [Segment("model", 2), Segment("F3 copies", 1, hints=True), Segment("F1 keys", 1, hints=True)]

    assert with_mode(parts, "") == parts
    assert with_mode(parts, "editing") == [Segment("model", 2), Segment("editing", 12, Role.STATUS_STRONG)]


def test_on_a_small_screen_a_warning_stays_and_a_title_goes() -> None:
    model = Model()
    for event in (HERE, started(), TitleSet(TALK, "A title of some length"), KeepingFailed("The disk is full.")):
        model.apply(event, 0.0)

    kept = fit(segments(model, 0.0), 40)
    assert [part.text for part in kept] == ["llama3.2", "ready", "not kept on disk"]


def test_a_hint_is_said() -> None:
    assert said(started(), hint="press again") == ["llama3.2", "ready", "here", "press again", "F1 keys"]


def runs(*models: RunningModel) -> ServerChanged:
    return ServerChanged(ServerSurvey("http://127.0.0.1:11434", running=models))


COUNTED = Metrics(prompt_eval_count=450, eval_count=42, eval_duration=10**9)
LOADED = runs(RunningModel("llama3.2:latest", 0, 4096))
ANSWERED: list[UiEvent] = [
    LOADED,
    started(),
    accepted("1"),
    moved("1", TurnState.CONNECTING),
    grew("1", "a"),
    done("1", "a", COUNTED),
]


def seen(*events: UiEvent) -> Model:
    """The model of the screen after these events, one every half second, of which the first came at 0."""
    model = Model()
    for number, event in enumerate(events):
        model.apply(event, number / 2)
    return model


def line(model: Model, now: float, columns: int) -> list[str]:
    return [part.text for part in fit(segments(model, now), columns)]


def test_a_model_that_is_not_loaded_is_said_to_load_until_it_answers() -> None:
    cold: list[UiEvent] = [runs(), started(), accepted("1"), moved("1", TurnState.CONNECTING)]
    listed: list[UiEvent] = [*cold, LOADED]  # a server lists a model while it loads it
    answering: list[UiEvent] = [*listed, moved("1", TurnState.ANSWERING), grew("1", "a")]

    assert [line(seen(*events), 9.5, 40) for events in (cold, listed, answering)] == [
        ["loading llama3.2 8 s", "Esc stops"],
        ["loading llama3.2 8 s", "Esc stops"],
        ["llama3.2", "answering 7 s", "silent 6 s"],
    ]


def test_a_model_that_answers_another_conversation_does_not_load() -> None:
    other: list[UiEvent] = [accepted("7", conversation=OTHER), moved("7", TurnState.ANSWERING, conversation=OTHER)]
    model = seen(runs(), started(OTHER), *other, started(), accepted("1"), moved("1", TurnState.CONNECTING))

    assert line(model, 5.0, 40)[:2] == ["llama3.2", "loading or waiting 2 s"]


def test_a_model_that_answered_just_now_is_waited_for() -> None:
    model = seen(*ANSWERED, accepted("2"), moved("2", TurnState.CONNECTING))

    assert [line(model, now, 40)[:2] for now in (4.0, 400.0)] == [
        ["llama3.2", "waiting 0 s"],
        ["llama3.2", "loading or waiting 396 s"],
    ]


def test_after_a_reply_its_speed_first_token_and_context_are_said_and_the_server_where_there_is_room() -> None:
    assert [line(seen(*ANSWERED), 3.0, columns) for columns in (120, 80, 40)] == [
        ["llama3.2", "ready", "42 tokens/s", "first token 0.5 s", "ctx 12 %", "127.0.0.1:11434", "F1 keys"],
        ["llama3.2", "ready", "42 tokens/s", "first token 0.5 s", "ctx 12 %", "F1 keys"],
        ["llama3.2", "ready", "ctx 12 %", "F1 keys"],
    ]


def test_a_context_that_is_nearly_full_stands_out_and_a_cut_one_is_an_alarm() -> None:
    small = runs(RunningModel("llama3.2", 0, 500))
    talk: list[UiEvent] = [small, started(), accepted("1"), grew("1", "a"), done("1", "a", COUNTED)]
    full = segments(seen(*talk), 9.0)
    cut = seen(*talk, accepted("2"), grew("2", "a"), done("2", "a", Metrics(prompt_eval_count=200, eval_count=50)))

    assert Segment("ctx 98 %", 5, Role.STATUS_ALERT) in full
    assert Segment("ctx 50 %", 5) in segments(cut, 9.0)
    assert fit(segments(cut, 9.0), 40) == [
        Segment("llama3.2", 8, Role.STATUS_STRONG),
        Segment("ready", 10),
        Segment("ctx 50 %", 5),
        Segment("context cut", 8, Role.STATUS_ALERT),
    ]


def test_before_the_first_look_at_the_server_it_is_looked_for() -> None:
    parts = segments(Model(), 0.0)

    assert [part.text for part in parts] == ["no model", "starting", "looking for a server", "F1 keys"]


def test_what_weighs_least_gives_way() -> None:
    parts = [Segment("model", 2), Segment("phase", 3), Segment("rate", 1)]

    assert [[part.text for part in fit(parts, columns)] for columns in (22, 16, 14, 7)] == [
        ["model", "phase", "rate"],
        ["model", "phase"],
        ["model", "phase"],
        ["phase"],
    ]


def test_only_what_says_something_when_it_is_cut_is_cut() -> None:
    parts = [Segment("a long phase", CUTTABLE), Segment("a long caption", CUTTABLE - 1)]

    assert [part.text for part in fit(parts, 26)] == ["a long phase"]
    assert [part.text for part in fit([Segment("model", 9), *parts], 18)] == ["model", "a long..."]


def test_the_line_is_one_bar_from_edge_to_edge() -> None:
    line = StatusLine()
    line.show([Segment("model", 2, Role.STATUS_STRONG), Segment("ready", 1)])

    assert render_runs(line, (20,)) == [
        [(Role.STATUS, " "), (Role.STATUS_STRONG, "model"), (Role.STATUS, "  ready       ")]
    ]


@given(st.lists(st.text(max_size=30), max_size=8), st.integers(1, 120))
def test_it_never_is_more_than_one_row(texts: list[str], columns: int) -> None:
    line = StatusLine()
    line.show([Segment(text.replace("\n", " "), weight) for weight, text in enumerate(texts)])

    assert len(render_text(line, (columns,))) == 1


def test_what_is_set_is_said_calmly_and_only_where_something_is() -> None:
    cold = ParametersSet(TALK, Parameters((Option("temperature", 0.2),), format='"json"'))
    assert "temp 0.2, json" in said(started(), cold)
    assert said(started(), cold, ParametersSet(TALK, NOTHING_SET)) == said(started())
    assert "temp 0.2, json" not in said(started(), ParametersSet(OTHER, cold.parameters))


def test_where_there_are_several_servers_that_of_the_chat_is_named_with_its_health() -> None:
    mill, barn = ServerName("mill"), ServerName("barn")
    model = Model(servers=ServerNames((mill, barn)))
    seen: list[list[str]] = []
    for event in (
        started(),
        ServerChanged(ServerSurvey("here"), mill),
        ServerChanged(ServerSurvey("there", failure=REFUSED), barn),
        ServerSet(TALK, barn, "llama3.2"),
        ServerSet(TALK, mill, "llama3.2"),
    ):
        model.apply(event, 0.0)
        seen.append([part.text for part in segments(model, 0.0) if part.text in _OF_SERVERS])
    assert seen == [["looking for mill"], ["mill"], ["mill"], ["barn unreachable"], ["mill"]]


def test_the_server_of_the_pool_that_was_asked_is_named_while_it_is() -> None:
    mill, barn = ServerName("mill"), ServerName("barn")
    model = Model(servers=ServerNames((mill, barn), pool=(mill, barn), pooled=True))
    seen: list[str] = []
    for event in (
        started(),
        ServerChanged(ServerSurvey("the pool"), POOL),
        accepted("1"),
        TurnMoved(TALK, stream("1"), TurnState.CONNECTING, "llama3.2", server=barn),
        TurnMoved(TALK, stream("1"), TurnState.WAITING_FOR_SERVER, "llama3.2", REFUSED),
        TurnMoved(TALK, stream("1", 2), TurnState.CONNECTING, "llama3.2", server=mill),
    ):
        model.apply(event, 0.0)
        seen += [part.text for part in segments(model, 0.0) if "pool" in part.text]
    assert seen == ["looking for pool", "pool", "pool", "pool: barn", "waiting for pool 0 s", "pool", "pool: mill"]


def test_whether_the_model_is_loaded_is_known_of_who_was_asked() -> None:
    mill, barn = ServerName("mill"), ServerName("barn")
    model = Model(servers=ServerNames((mill, barn), pool=(mill, barn), pooled=True))
    loaded = ServerSurvey("there", running=(RunningModel("llama3.2"),))
    for event in (
        started(),
        ServerChanged(loaded, mill),
        ServerChanged(ServerSurvey("there", running=()), barn),
        ServerChanged(loaded, POOL),
        accepted("1"),
        TurnMoved(TALK, stream("1"), TurnState.CONNECTING, "llama3.2", server=barn),
    ):
        model.apply(event, 0.0)
    assert [part.text for part in segments(model, 0.0) if "loading" in part.text] == ["loading llama3.2 0 s"]


_OF_SERVERS = {"looking for mill", "mill", "barn", "barn unreachable", "mill unreachable"}

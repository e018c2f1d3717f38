"""The context meter, and when it is said that a server cut the context."""

import json

import pytest
from msgspec.structs import replace

from protocol.chat import Attachment
from protocol.context_events import HistoryTrimmed
from protocol.frames import Metrics
from protocol.identity import TurnId
from protocol.models import ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.parameters import Parameters
from protocol.turn import TurnState
from protocol.ui import ServerChanged, SystemPromptSet, TurnAccepted, UiEvent
from tests.support.recordings import recording
from tests.ui.models import model_after
from tests.ui.talk import MODEL, ROOM, TALK, accepted, asked, done, ended, exchange, moved, runs, shows, started
from ui.context import Fill, answers_lately, fill
from ui.conversation import Notice, NoticeKind
from ui.model import Model


def warnings(model: Model) -> list[str]:
    """What was warned of in the conversation that is shown."""
    notices = [entry for entry in model.shown.entries if isinstance(entry, Notice)]
    return [notice.text for notice in notices if notice.kind is NoticeKind.WARNING]


CUT = (
    "The server cut the context: the chat does not fit into the 100 tokens that this model was given, and only "
    "40 were read for this reply. The model may not know what was said earlier. /compact sums up the older part, "
    "/set num_ctx N makes room, /new begins a new chat."
)
FULL = [runs(), started(), *asked("1", 30), *asked("2", 85)]


@pytest.mark.parametrize(
    ("used", "room", "words"),
    [
        (0, 4096, "0 %"),
        (492, 4096, "12 %"),
        (4096, 4096, "100 %"),
        (13000, 4096, "100 %"),
        (1229, None, "1.2k"),
        (300, None, "300"),
        (2**21, None, "2M"),
        (300, 0, "300"),
    ],
)
def test_the_context_is_told_in_percent_or_where_its_room_is_not_known_in_tokens(
    used: int, room: int | None, words: str
) -> None:
    assert str(Fill(used, room)) == words


def test_the_last_reply_that_was_counted_tells_how_full_the_context_is() -> None:
    talk = [started(), *asked("1", 30), *asked("2", 40, 7), *asked("3", None)]

    assert [
        fill(model_after(*before, *talk).shown, model_after(*before).survey)
        for before in ([runs()], [runs(model="x")], [])
    ] == [
        Fill(47, ROOM),
        Fill(47),
        Fill(47),
    ]


def test_a_reply_of_an_earlier_run_tells_it_too() -> None:
    ending = done("1", "", Metrics(prompt_eval_count=30, eval_count=20)).ending

    assert fill(model_after(started(), shows(exchange("1", ending=ending))).shown, runs().survey) == Fill(50, ROOM)
    assert fill(model_after(started()).shown, runs().survey) is None


def test_a_cut_is_said_once_and_stays_known() -> None:
    first = model_after(*FULL, *asked("3", 40))
    later = model_after(*FULL, *asked("3", 40), *asked("4", 60), *asked("5", 85), *asked("6", 40))

    assert [(warnings(model), model.shown.forgets) for model in (first, later)] == [([CUT], True)] * 2


def test_it_is_said_too_when_more_was_read_than_before_but_not_all_there_was() -> None:
    model = model_after(*FULL, *asked("3", 90, prompt="word " * 30))

    assert warnings(model) == [CUT.replace("only 40", "only 90")]


def test_a_first_prompt_that_is_longer_than_the_context_is_said_to_be_cut() -> None:
    model = model_after(runs(), started(), *asked("1", 40, prompt="word " * 101))

    assert warnings(model) == [CUT]


def test_a_text_that_is_longer_than_the_context_is_said_to_be_cut() -> None:
    begun, *rest = asked("1", 40, prompt="Sum it up.")
    assert isinstance(begun, TurnAccepted)
    with_it = replace(begun, attachments=(Attachment("a.txt", "text/plain", b"word " * 101),))

    assert warnings(model_after(runs(), started(), with_it, *rest)) == [CUT]


def test_a_recorded_server_that_cut_a_long_prompt_in_silence_is_seen_to() -> None:
    request = json.loads(recording("ctx_small_long_prompt").request or b"")
    room, prompt = request["options"]["num_ctx"], request["messages"][-1]["content"]

    assert warnings(model_after(runs(room), started(), *asked("1", 258, 21, prompt))) == [
        CUT.replace(" 100 ", f" {room} ").replace(" 40 ", " 258 ")
    ]


def test_what_a_cut_would_tell_may_be_known_only_later() -> None:
    model = model_after(started(), *asked("1", 30), *asked("2", 85), *asked("3", 40), runs())

    assert (warnings(model), model.shown.forgets) == ([CUT], True)


@pytest.mark.parametrize(
    "events",
    [
        [runs(), started(), *asked("1", 30), *asked("2", 12), *asked("3", 9)],
        [runs(), started(), *asked("1", 30), *asked("2", 60), *asked("3", 2)],
        [*FULL, *asked("3", 99)],
        [*FULL, *asked("3", None)],
        [runs(None), *FULL[1:], *asked("3", 40)],
        FULL[1:] + asked("3", 40),
        [*FULL, runs(200), *asked("3", 40)],
        [*FULL, runs(90), *asked("3", 97)],
        [*FULL, SystemPromptSet(TALK, ""), *asked("3", 40)],
        [runs(), started(), *asked("1", 20, 75, thinking="So."), *asked("2", 30)],
        [runs(), started(), *asked("1", 20, 85, answer="<think>\nSo.\n</think>\nYes."), *asked("2", 30)],
    ],
    ids=[
        "a server that counts only what its cache has not",
        "such a server, when the context is nearly full",
        "all was read",
        "nothing was counted",
        "the room is not told",
        "no look was taken",
        "there is room",
        "the room is what another client asked for",
        "another system prompt",
        "thinking is not read again",
        "thinking in the answer is not read again",
    ],
)
def test_where_it_is_not_sure_that_something_was_cut_nobody_is_alarmed(events: list[UiEvent]) -> None:
    model = model_after(*events)

    assert (warnings(model), model.shown.forgets) == ([], False)


def test_a_talk_that_goes_another_way_before_the_cut_forgets_nothing() -> None:
    model = model_after(*FULL, *asked("3", 40), shows(exchange("1"), exchange("2")))
    assert model.shown.forgets is False

    model.apply(shows(exchange("1"), exchange("2"), exchange("3")), 99.0)
    assert model.shown.forgets is True


def test_replies_of_an_earlier_run_are_no_news() -> None:
    endings = [done("1", "", Metrics(prompt_eval_count=read, eval_count=10)).ending for read in (85, 40)]
    path = shows(*(exchange(str(place), ending=end) for place, end in enumerate(endings)))
    model = model_after(runs(), started(), path)

    assert warnings(model) == []


def test_a_model_that_answered_lately_is_not_unloaded_yet() -> None:
    talk = model_after(started(), *asked("1", 30)).shown

    assert [answers_lately(talk, *when) for when in ((MODEL, 200.0), (MODEL, 300.0), ("other", 200.0))] == [
        True,
        False,
        False,
    ]
    assert not answers_lately(model_after(started()).shown, MODEL, 0.0)


def summed_up(turn: str, read: int, written: int = 10, keeps: int = 0) -> list[UiEvent]:
    """A summary, from its prompt to its end."""
    begun, *others = asked(turn, read, written)
    assert isinstance(begun, TurnAccepted)
    return [replace(begun, keeps=keeps, sums_up=4), *others]


def test_after_a_summary_the_context_is_told_as_an_estimate_until_a_reply_is_counted() -> None:
    talk = [runs(4096), started(), *asked("1", 1000), *asked("2", 3900), *summed_up("3", 3950, 40)]
    after = fill(model_after(*talk).shown, runs(4096).survey)
    assert after is not None
    assert (str(after)[0], after.is_exact, after.used < 200) == ("~", False, True)
    assert fill(model_after(*talk, *asked("4", 80, 5)).shown, runs(4096).survey) == Fill(85, 4096)


def test_a_summary_that_was_stopped_leaves_the_meter_as_it_was() -> None:
    stopped = moved("2", TurnState.CONNECTING), ended("2", TurnState.CANCELLED)
    model = model_after(started(), *asked("1", 30), accepted("2", "Sum it up."), *stopped)
    assert fill(model.shown, runs().survey) == Fill(40, ROOM)


def test_that_less_is_read_behind_a_summary_is_no_cut() -> None:
    model = model_after(*FULL, *summed_up("3", 97, 2, keeps=1), *asked("4", 30), *asked("5", 45))
    assert (warnings(model), model.shown.forgets) == ([], False)


def test_that_a_summary_is_made_of_less_than_the_whole_is_no_cut() -> None:
    talk = [runs(), started(), *asked("1", 30), *asked("2", 45), *asked("3", 88)]
    assert warnings(model_after(*talk, *summed_up("4", 60, keeps=1))) == []


def test_a_summary_that_was_made_of_a_cut_talk_is_alarmed_of() -> None:
    talk = [runs(), started(), *asked("1", 30), *asked("2", 86), *asked("3", 97)]
    model = model_after(*talk, *summed_up("4", 50, keeps=1))
    assert (warnings(model), model.shown.forgets) == ([CUT.replace("only 40", "only 50")], True)


def test_a_summary_of_the_whole_ends_what_was_cut_and_going_back_before_it_does_not() -> None:
    model = model_after(*FULL, *asked("3", 40), *summed_up("4", 60, keeps=0))
    assert (warnings(model), model.shown.forgets) == ([CUT], False)
    model.apply(shows(exchange("1"), exchange("2"), exchange("3")), 20.0)
    assert model.shown.forgets is True


def test_that_the_oldest_messages_are_not_sent_any_more_is_said_and_is_no_cut() -> None:
    model = model_after(*FULL, HistoryTrimmed(TALK, TurnId("3"), 4, 200), *asked("3", 40))
    notices = [entry.text for entry in model.shown.entries if isinstance(entry, Notice)]
    assert notices == [
        "This chat is long: from here on a prompt goes with the last 200 messages, and the oldest are left out "
        "(4 now). The model does not know them any more. /compact has them summed up."
    ]
    assert model.shown.forgets is False


def test_a_recorded_history_that_was_cut_in_silence_is_seen_to_be() -> None:
    recorded = recording("ctx_small_long_history")
    request = json.loads(recorded.request or b"")
    room, *_, last = request["options"]["num_ctx"], request["messages"][-1]
    counts = json.loads(recorded.body.splitlines()[-1])
    said = sum(len(message["content"].split()) for message in request["messages"][:-1])
    before = asked("1", said, 0, "earlier")
    model = model_after(runs(room), started(), *before, *asked("2", counts["prompt_eval_count"], 30, last["content"]))
    assert said > room
    assert model.shown.forgets is True


def test_a_first_token_count_of_a_recorded_second_turn_is_what_the_context_holds() -> None:
    counts = json.loads(recording("turn_2_cached_prompt").body.splitlines()[-1])
    read, written = counts["prompt_eval_count"], counts["eval_count"]
    assert fill(model_after(started(), *asked("1", 42, 8), *asked("2", read, written)).shown, None) == Fill(131)


def test_what_is_set_for_the_chat_is_its_room() -> None:
    set_to_500 = ParametersSet(TALK, Parameters.of_options({"num_ctx": 500}))
    model = model_after(started(), *asked("1", 40), set_to_500)
    assert fill(model.shown, runs().survey) == Fill(50, 500)
    assert fill(model.shown, ServerSurvey("here", running=())) == Fill(50, 500)
    assert fill(model.shown, ServerSurvey("here")) == Fill(50)


def test_the_way_out_that_a_server_does_not_heed_is_not_named() -> None:
    embedded = ServerChanged(replace(runs().survey, heeds_parameters=False))
    (words,) = warnings(model_after(embedded, *FULL[1:], *asked("3", 40)))
    assert words == CUT.replace("/set num_ctx N makes room, ", "")

"""Paths, versions and waiting prompts; how a reply grows is in test_model."""

from protocol.frames import Metrics
from protocol.identity import TurnId
from protocol.reply import Finished, Reply
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    EngineRecovered,
    Exchange,
    PathShown,
    PromptReworded,
    QueueReordered,
    TurnEnded,
    WaitReason,
)
from tests.ui.models import talk_after, told
from tests.ui.talk import (
    MODEL,
    NO_METRICS,
    REFUSED,
    STOPPED,
    TALK,
    accepted,
    done,
    ended,
    exchange,
    failed,
    grew,
    moved,
    queued,
    shows,
    started,
    stream,
    thought,
)
from ui.conversation import Conversation, Notice
from ui.model import Model
from ui.pieces import Pieces
from ui.turn import Attempt, Turn


def test_a_path_takes_the_place_of_all_that_ended() -> None:
    talk = talk_after(accepted("1"), done("1", "old"), shows(exchange("2", "Why?", "Because."), exchange("3", "So?")))

    because = Attempt(stream("2"), MODEL, answer=Pieces("Because."))
    assert talk == Conversation(
        TALK,
        MODEL,
        [
            Turn(TurnId("2"), "Why?", 3.0, TurnState.DONE, attempt=because),
            Turn(TurnId("3"), "So?", 3.0, TurnState.DONE, attempt=Attempt(stream("3"), MODEL)),
        ],
        changed={0, 1},
        generation=1,
    )


def test_what_is_told_of_a_reply_of_another_run_is_shown_without_times() -> None:
    one = Exchange(
        TurnId("1"),
        "Hi",
        Place(1, 2),
        stream("1", 3),
        MODEL,
        Reply("text", "thought"),
        TurnState.FAILED,
        failed("1").ending,
        Place(2, 3),
    )

    attempt = Attempt(stream("1", 3), MODEL, Pieces("thought"), Pieces("text"), thinking_over=True)
    assert (attempt.rate, talk_after(shows(one)).entries) == (
        None,
        [
            Turn(
                TurnId("1"),
                "Hi",
                1.0,
                TurnState.FAILED,
                attempt=attempt,
                failure=REFUSED,
                prompt_place=Place(1, 2),
                reply_place=Place(2, 3),
            )
        ],
    )


def test_a_prompt_that_was_never_sent_has_no_attempt_on_the_path() -> None:
    one = Exchange(TurnId("1"), "Hi", Place(), stream("1", 0), "", Reply(), TurnState.CANCELLED, STOPPED, Place())

    assert talk_after(shows(one)).entries == [Turn(TurnId("1"), "Hi", 1.0, TurnState.CANCELLED)]


def test_what_was_watched_keeps_its_times_on_another_path() -> None:
    news = (
        accepted("1"),
        moved("1", TurnState.THINKING),
        thought("1", "hm"),
        grew("1", "Yes"),
        done("1", "Yes", thinking="hm"),
    )

    watched = talk_after(*news).entries[0]
    again = talk_after(*news, shows(exchange("1", "Hi", "Yes", thinking="hm"))).entries[0]
    assert isinstance(watched, Turn)
    assert isinstance(again, Turn)
    assert (again.attempt, again.attempt and again.attempt.thought_for) == (watched.attempt, 1.0)


def test_turns_that_have_not_ended_stay_behind_the_path_in_their_order() -> None:
    talk = talk_after(
        accepted("1", "one"),
        ended("1", TurnState.CANCELLED),
        accepted("2", "two"),
        accepted("3", "three"),
        queued("3"),
        shows(exchange("7", "seven")),
    )

    assert (told(talk), talk.open) == (["seven", "two", "three"], {TurnId("2"): 1, TurnId("3"): 2})
    assert talk.entries[2] == Turn(TurnId("3"), "three", 5.0, TurnState.QUEUED, WaitReason.EARLIER_PROMPT)


def test_a_turn_under_way_that_is_on_the_path_goes_on_growing_there() -> None:
    talk = talk_after(
        accepted("1"),
        moved("1", TurnState.ANSWERING),
        grew("1", "a"),
        shows(exchange("0", "before"), exchange("1", "Hi", "", places=(Place(), Place(2, 2)))),
        grew("1", "b"),
    )

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("ab"), chunks=2, first_chunk=3.0, last_chunk=5.0)
    assert talk.entries[1] == Turn(
        TurnId("1"), "Hi", 2.0, TurnState.ANSWERING, attempt=attempt, reply_place=Place(2, 2)
    )


def test_notices_go_with_the_talk_they_were_said_in() -> None:
    model = Model()
    for event in (started(), accepted("1"), done("1", "a")):
        model.apply(event, 0.0)
    model.post("a notice")
    model.apply(shows(exchange("1")), 0.0)

    assert told(model.shown) == ["Hi"]


def test_notices_that_came_before_anything_was_said_stay() -> None:
    model = Model()
    model.post("said at the start")
    for event in (started(), shows(exchange("1"))):
        model.apply(event, 0.0)

    assert told(model.shown) == ["Hi", "said at the start"]


def test_a_new_path_has_no_rate_and_forgets_what_changed() -> None:
    fast = Metrics(eval_count=50, eval_duration=10**9)
    talk = talk_after(accepted("1"), done("1", "a", fast), accepted("2"), done("2", "b", fast), shows(exchange("1")))

    assert (talk.rate, talk.changes()) == (None, [0])


def test_turns_that_are_on_the_new_path_too_stay_the_same_and_are_not_shown_anew() -> None:
    model = Model()
    for event in (started(), *(event for turn in "1234" for event in (accepted(turn), done(turn, turn)))):
        model.apply(event, 0.0)
    model.shown.changes()
    before = model.shown.entries
    model.apply(shows(*(exchange(turn, "Hi", turn) for turn in "123"), exchange("5")), 1.0)

    assert [one is other for one, other in zip(before, model.shown.entries, strict=True)] == [True, True, True, False]
    assert model.shown.changes() == [2, 3]


def test_what_changed_before_the_path_did_is_still_told() -> None:
    model = Model()
    for event in (started(), *(event for turn in "1234" for event in (accepted(turn), done(turn, turn)))):
        model.apply(event, 0.0)
    model.shown.changes()
    model.shown.changed.update({0, 3})
    model.apply(shows(*(exchange(turn, "Hi", turn) for turn in "123")), 1.0)

    assert model.shown.changes() == [0, 2]


def test_a_prompt_that_waits_is_reworded_in_its_place() -> None:
    talk = talk_after(accepted("1", "one"), accepted("2", "two"), PromptReworded(TALK, TurnId("1"), "uno"))

    assert told(talk) == ["uno", "two"]


def test_prompts_that_wait_change_places_and_the_one_under_way_stays() -> None:
    model = Model()
    for event in (
        started(),
        accepted("1", "one"),
        moved("1", TurnState.CONNECTING),
        accepted("2", "two"),
        accepted("3", "three"),
        accepted("4", "four"),
    ):
        model.apply(event, 0.0)
    model.shown.changes()
    model.apply(QueueReordered((TurnId("9"), TurnId("3"), TurnId("2"), TurnId("4"))), 0.0)

    assert (told(model.shown), model.shown.changes()) == (["one", "three", "two", "four"], [1, 2])
    assert model.shown.open == {TurnId("1"): 0, TurnId("3"): 1, TurnId("2"): 2, TurnId("4"): 3}
    model.apply(moved("2", TurnState.CONNECTING), 0.0)
    assert model.shown.changes() == [2]


def test_a_prompt_that_is_dropped_follows_what_was_sent_and_not_what_still_waits() -> None:
    talk = talk_after(
        accepted("1", "one"),
        moved("1", TurnState.CONNECTING),
        *(accepted(turn, turn) for turn in ("two", "three", "four")),
        TurnEnded(TALK, stream("three", 0), TurnState.CANCELLED, Reply(), STOPPED),
    )

    assert told(talk) == ["one", "three", "two", "four"]
    assert talk.open == {TurnId("1"): 0, TurnId("two"): 2, TurnId("four"): 3}


def test_the_turn_before_is_shown_anew_when_another_follows() -> None:
    model = Model()
    for event in (started(), accepted("1"), ended("1", TurnState.CANCELLED)):
        model.apply(event, 0.0)
    model.shown.changes()
    model.apply(accepted("2"), 0.0)

    assert model.shown.changes() == [0, 1]


def test_the_last_turn_is_found_above_notices() -> None:
    talk = Conversation(entries=[Turn(TurnId("1"), "Hi", 0.0), Notice("a"), Notice("b")])

    assert (talk.last_turn, Conversation(entries=[Notice("a")]).last_turn) == (0, None)


def test_an_empty_path_is_an_empty_conversation() -> None:
    talk = talk_after(accepted("1"), done("1", "a"), PathShown(TALK, None, ()))

    assert (talk.entries, talk.generation, talk.changes()) == ([], 1, [])


def test_the_end_of_a_restored_exchange_is_that_of_its_reply() -> None:
    talk = talk_after(shows(exchange("1", state=TurnState.CUT, ending=Finished("length", NO_METRICS))))

    attempt = Attempt(stream("1"), MODEL)
    assert talk.entries == [Turn(TurnId("1"), "Hi", 1.0, TurnState.CUT, attempt=attempt)]


def test_an_engine_that_began_anew_ends_what_it_does_not_accept_again_and_its_warning_stays() -> None:
    interrupted = exchange("1", "Hi", "Half a")
    talk = talk_after(
        accepted("1"),
        moved("1", TurnState.CONNECTING),
        grew("1", "Half a"),
        accepted("2"),
        EngineRecovered(REFUSED),
        PathShown(TALK, None, (interrupted,), afresh=True),
        accepted("2"),
    )
    assert [type(entry) for entry in talk.entries] == [Turn, Notice, Turn]
    assert [turn.id for turn in talk.open_turns] == ["2"]

"""The pool: which of its servers is asked, and what becomes of a prompt whose server dies."""

import pytest
from msgspec.structs import replace

from protocol.coordinator import (
    ActorFailed,
    AllAbandoned,
    CancelConversation,
    ChooseModel,
    RestoreConversation,
    StartConversation,
    Submit,
)
from protocol.errors import Category, ServerBusy, ServerRefusal
from protocol.identity import POOL, ServerName
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.librarian import SurveyServer
from protocol.models import ServerSurvey
from protocol.parameter_changes import SetOption
from protocol.parameter_commands import ChangeParameters
from protocol.reply import Reply
from protocol.retry import RetryPolicy
from protocol.server_commands import ChooseServer
from protocol.server_events import ServerSet
from protocol.server_settings import ServerSettings
from protocol.timekeeper import Remind, RetryDue, SurveyDue
from protocol.turn import TurnState
from protocol.ui import TurnEnded, TurnMoved, WaitReason
from tests.support.coordinating import (
    AWAY,
    LOST,
    MODEL,
    UNREACHABLE,
    A,
    B,
    C,
    Desk,
    answered,
    broke,
    finished,
    stream,
    submit,
)
from tests.support.engine import death_of
from tests.support.pooling import (
    BARN,
    HAS_BOTH,
    HAS_TINY,
    HUGE,
    KEPT,
    MILL,
    RUNS_TINY,
    SHED,
    begun,
    desk,
    found,
    moves,
    notices,
    opened,
    pool,
    reasons,
)


def test_prompts_go_to_whoever_is_free_and_it_is_told_where() -> None:
    made = desk(3)
    told = made.after(submit(A), submit(B), submit(C))
    assert opened(told) == [(stream(4), MILL), (stream(5), BARN)]
    assert moves(told) == [(TurnState.CONNECTING, MILL), (TurnState.CONNECTING, BARN)]
    assert reasons(told) == [WaitReason.POOL_FULL]
    assert opened(made.after(finished(stream(5)))) == [(stream(6), BARN)]


def test_the_server_that_has_the_model_loaded_is_asked_first() -> None:
    made = desk(surveys=(HAS_BOTH, RUNS_TINY, HAS_TINY))
    assert begun(made, submit(A)) == [BARN]


def test_a_prompt_that_needs_the_model_loaded_otherwise_goes_elsewhere() -> None:
    made = desk(2, surveys=(HAS_BOTH, RUNS_TINY, HAS_TINY))
    made.given(submit(A), finished(stream(3)), ChangeParameters(B, SetOption("num_ctx", 8192)))
    assert begun(made, submit(B)) == [MILL]


def test_a_conversation_goes_on_where_it_was_answered() -> None:
    made = desk(2)
    made.given(submit(A), submit(B), finished(stream(3)), finished(stream(4)))
    assert begun(made, submit(B), finished(stream(5))) == [BARN]


def test_only_who_has_the_model_is_asked() -> None:
    made = desk(surveys=(HAS_TINY, HAS_BOTH, HAS_BOTH))
    assert begun(made, ChooseModel(A, HUGE), submit(A)) == [BARN]


def test_the_limit_of_a_server_is_that_of_the_configuration() -> None:
    made = desk(3, replace(pool(MILL), server=ServerSettings(name=MILL, max_streams=2)))
    assert begun(made, submit(A), submit(B), submit(C)) == [MILL, MILL]


def test_who_is_not_in_the_pool_is_asked_only_by_those_that_name_it() -> None:
    made = desk(3)
    made.given(ChooseServer(C, SHED), found(SHED))
    assert begun(made, submit(A), submit(B), submit(C)) == [MILL, BARN, SHED]


def test_what_is_bound_to_a_server_of_the_pool_takes_its_stream() -> None:
    made = desk(3)
    made.given(ChooseServer(C, MILL), found(MILL))
    assert begun(made, submit(C), submit(A), submit(B)) == [MILL, BARN]


def test_a_server_that_dies_in_the_middle_hands_its_prompt_to_another_and_what_came_is_a_version() -> None:
    made = desk()
    made.given(submit(A), answered(stream(2)))
    told = made.after(broke(stream(2), LOST, Reply("Half a")))
    assert SurveyServer() in told
    assert notices(told) == [
        "mill broke off: The connection broke. Another server of the pool is asked."
        " What came is kept as a version of the reply."
    ]
    assert moves(told) == [(TurnState.WAITING_FOR_SERVER, ""), (TurnState.CONNECTING, BARN)]
    assert opened(told) == [(stream(2, 2), BARN)]
    tree = made.coordinator._conversations.tree(A)
    assert [(node.id, node.text, node.state) for node in tree if node.id != "2"] == [
        ("2#1", "Half a", TurnState.FAILED),
        ("2#2", "", TurnState.CONNECTING),
    ]
    assert [one.state for one in made.after(finished(stream(2, 2))) if isinstance(one, TurnEnded)] == [TurnState.DONE]


def test_who_broke_off_is_asked_nothing_until_a_look_has_found_it_and_then_takes_part_again() -> None:
    made = desk(2)
    made.given(submit(A), broke(stream(3), LOST), finished(stream(3, 2)))
    told = made.after(submit(A), submit(B))
    assert [server for _, server in opened(told)] == [BARN]
    assert reasons(told) == [WaitReason.POOL_FULL]
    assert begun(made, found(MILL, AWAY)) == []
    assert begun(made, found(MILL)) == [MILL]


def test_what_waits_while_all_are_looked_at_again_neither_fails_nor_is_parked() -> None:
    made = desk(2, pool(MILL, wait_for_server=False))
    told = made.after(submit(A), submit(B), broke(stream(3), LOST))
    assert reasons(told) == [WaitReason.POOL_FULL, WaitReason.SURVEY]
    assert begun(made, CancelConversation(A), found(MILL)) == [MILL]


def test_one_that_is_busy_is_left_out_for_this_prompt_and_asked_the_next() -> None:
    made = desk(2)
    busy = ServerBusy("mill is busy.").failure
    assert begun(made, submit(A), broke(stream(3), busy), submit(B)) == [MILL, BARN, MILL]


def test_a_prompt_that_has_been_everywhere_is_tried_again_and_then_waits() -> None:
    made = desk(settings=pool(retry=RetryPolicy(attempts=2)))
    assert begun(made, submit(A), broke(stream(2), UNREACHABLE)) == [MILL, BARN]
    assert moves(made.after(broke(stream(2, 2), UNREACHABLE))) == [(TurnState.RETRYING, BARN)]
    assert begun(made, RetryDue(stream(2, 2))) == [BARN]
    assert moves(made.after(broke(stream(2, 3), UNREACHABLE))) == [(TurnState.WAITING_FOR_SERVER, "")]
    assert begun(made, found(BARN, AWAY)) == []
    assert begun(made, found(MILL)) == [MILL]


def test_a_prompt_that_has_waited_may_be_sent_to_where_it_broke_off_before() -> None:
    made = desk(settings=pool(retry=RetryPolicy(attempts=1)))
    made.given(submit(A), broke(stream(2), UNREACHABLE), broke(stream(2, 2), UNREACHABLE))
    assert begun(made, found(MILL)) == [MILL]
    assert begun(made, found(BARN), broke(stream(2, 3), UNREACHABLE)) == [BARN]


def test_what_the_server_says_no_to_is_asked_nowhere_else() -> None:
    made = desk()
    no = ServerRefusal("It cannot do that.", status=400).failure
    assert begun(made, submit(A), broke(stream(2), no)) == [MILL]


def test_where_one_has_lost_the_model_another_is_asked_and_it_is_looked_at() -> None:
    made = desk(2)
    gone = ServerRefusal("mill does not have this model.", status=404).failure
    told = made.after(submit(A), broke(stream(3), gone))
    assert opened(told) == [(stream(3), MILL), (stream(3, 2), BARN)]
    assert notices(told) == ["mill: mill does not have this model. Another server of the pool is asked."]
    assert SurveyServer() in told
    assert begun(made, submit(B), found(MILL, ServerSurvey("there"))) == []
    assert begun(made, finished(stream(3, 2))) == [BARN]


def test_a_model_that_all_have_lost_is_asked_for_once_of_each() -> None:
    made = desk()
    gone = ServerRefusal("It does not have this model.", status=404).failure
    told = made.after(submit(A), broke(stream(2), gone), broke(stream(2, 2), gone))
    assert [server for _, server in opened(told)] == [MILL, BARN]
    assert [one.state for one in told if isinstance(one, TurnEnded)] == [TurnState.FAILED]


def test_a_cancelled_prompt_goes_nowhere_else() -> None:
    made = desk()
    assert begun(made, submit(A), CancelConversation(A), broke(stream(2), LOST)) == [MILL]


def test_a_prompt_whose_chat_has_left_the_pool_goes_where_the_chat_is() -> None:
    made = desk()
    made.given(submit(A), ChooseServer(A, SHED), found(SHED))
    assert begun(made, broke(stream(2), LOST)) == [SHED]


def test_nothing_is_sent_before_one_is_known_to_be_there() -> None:
    made = Desk(settings=pool())
    assert reasons(made.after(submit(A))) == [WaitReason.SURVEY]
    assert begun(made, found(BARN)) == [BARN]


def test_where_all_are_away_a_prompt_waits_and_is_sent_by_the_first_that_is_back() -> None:
    made = desk(surveys=(AWAY, AWAY, HAS_TINY))
    told = made.after(submit(A))
    assert moves(told) == [(TurnState.WAITING_FOR_SERVER, "")]
    (moved,) = (one for one in told if isinstance(one, TurnMoved))
    assert moved.failure is not None
    assert (moved.failure.category, moved.failure.summary) == (
        Category.NETWORK,
        "No server of the pool can take it. mill: No server answers. barn: No server answers.",
    )
    assert begun(made, found(MILL, AWAY)) == []
    assert begun(made, found(BARN)) == [BARN]


def test_where_nobody_waits_for_a_server_that_is_the_end() -> None:
    made = desk(settings=pool(wait_for_server=False), surveys=(AWAY, AWAY, HAS_TINY))
    assert [one.state for one in made.after(submit(A)) if isinstance(one, TurnEnded)] == [TurnState.FAILED]


def test_where_nobody_waits_for_a_server_one_of_the_pool_that_is_back_takes_part_again_all_the_same() -> None:
    made = desk(2, pool(wait_for_server=False))
    assert Remind(pool().survey_interval, SurveyDue(MILL)) in made.after(found(MILL, AWAY))
    assert SurveyServer() in made.after(SurveyDue(MILL))
    assert begun(made, submit(A), submit(B), found(MILL)) == [BARN, MILL]


def test_a_prompt_waits_for_the_one_that_had_its_model_and_not_for_another() -> None:
    made = desk(surveys=(HAS_TINY, HAS_BOTH, HAS_TINY))
    made.given(ChooseModel(A, HUGE), found(BARN, AWAY))
    assert moves(made.after(submit(A))) == [(TurnState.WAITING_FOR_SERVER, "")]
    assert moves(made.after(found(MILL))) == []
    assert begun(made, found(BARN, HAS_BOTH)) == [BARN]


def test_a_model_that_nobody_has_is_refused_by_a_server() -> None:
    made = desk(surveys=(HAS_TINY, HAS_TINY, HAS_TINY))
    made.given(RestoreConversation(ConversationRecord(KEPT, "", "gone", "", 1.0, 1.0, None, server=POOL)))
    assert begun(made, Submit(KEPT, "Hi")) == [MILL]


def test_a_chat_moves_to_the_pool_and_back() -> None:
    made = desk(settings=replace(pool(), pooled=False))
    told = made.after(ChooseServer(A, ServerName("Pool")))
    assert ServerSet(A, POOL, MODEL) in told
    assert notices(told) == ["pool answers from the next prompt on."]
    made.given(found(MILL))
    assert moves(made.after(submit(A))) == [(TurnState.CONNECTING, MILL)]
    told = made.after(ChooseServer(A, ServerName("default")))
    assert notices(told) == ["mill answers from the next prompt on."]


def test_a_chat_that_moves_to_the_pool_keeps_its_model_while_somebody_may_have_it() -> None:
    made = Desk(model=HUGE, settings=replace(pool(), pooled=False))
    told = made.after(found(MILL), ChooseServer(A, POOL), submit(A))
    assert reasons(told) == [WaitReason.SURVEY]
    assert begun(made, found(BARN, HAS_BOTH)) == [BARN]


def test_what_waited_in_an_earlier_run_goes_to_the_first_that_is_there() -> None:
    made = Desk(0, settings=pool())
    waiting = (WaitingPrompt(stream(7).turn, "Hi", False, None),)
    record = ConversationRecord(KEPT, "", MODEL, "", 1.0, 1.0, None, waiting=waiting, server=POOL)
    assert begun(made, RestoreConversation(record), found(MILL, AWAY)) == []
    assert begun(made, found(BARN)) == [BARN]


@pytest.mark.parametrize("dead", [MILL, BARN])
def test_without_who_looks_at_one_server_it_is_asked_all_the_same_until_it_breaks_off(dead: ServerName) -> None:
    made = Desk(settings=pool(dead))
    made.given(ActorFailed("Librarian", death_of("Librarian", "OSError()").failure, server=dead))
    assert begun(made, submit(A)) == [dead]


def test_where_one_is_away_and_another_was_never_looked_at_nothing_is_given_up() -> None:
    made = Desk(model=None, settings=pool(wait_for_server=False))
    told = made.after(submit(A), found(MILL, AWAY))
    assert [one for one in told if isinstance(one, TurnEnded)] == []
    assert begun(made, found(BARN)) == [BARN]


def test_while_somebody_looks_at_one_server_a_prompt_waits_for_it() -> None:
    made = desk(settings=pool(retry=RetryPolicy(attempts=1)))
    made.given(ActorFailed("Librarian", death_of("Librarian", "OSError()").failure, server=MILL))
    made.given(submit(A), broke(stream(2), UNREACHABLE))
    assert moves(made.after(broke(stream(2, 2), UNREACHABLE))) == [(TurnState.WAITING_FOR_SERVER, "")]
    assert begun(made, found(BARN)) == [BARN]


def test_after_a_failure_of_the_coordinator_chats_are_answered_by_the_pool_again() -> None:
    made = desk()
    made.coordinator.recover(SurveyDue(), death_of("Coordinator", "ValueError()").failure)
    made.given(AllAbandoned(), found(BARN))
    assert begun(made, submit(A)) == [BARN]


def test_a_new_chat_is_answered_by_the_pool_where_that_is_the_default() -> None:
    made = desk(0)
    made.given(StartConversation(MODEL))
    assert moves(made.after(submit(A))) == [(TurnState.CONNECTING, MILL)]

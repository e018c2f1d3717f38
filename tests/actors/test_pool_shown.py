"""What is said of the pool, and of its servers."""

from protocol.coordinator import RestoreConversation, ShowModels
from protocol.identity import POOL, ConversationId
from protocol.kept import ConversationRecord
from protocol.models import ServerSurvey
from protocol.reply import Reply
from protocol.retry import RetryPolicy
from protocol.server_commands import ChooseServer, ShowPool, ShowServers
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import ServerChanged, TurnEnded
from tests.support.coordinating import AWAY, LOST, MODEL, UNREACHABLE, A, B, C, Desk, answered, broke, stream, submit
from tests.support.pooling import BARN, HAS_TINY, HUGE, KEPT, MILL, RUNS_TINY, SHED, desk, found, notices, opened, pool

D = ConversationId("4")


def test_where_what_is_shown_is_there_for_good_nothing_is_begun_anew() -> None:
    made = desk(settings=pool(retry=RetryPolicy(may_replace=False)))
    made.given(submit(A), answered(stream(2)))
    told = made.after(broke(stream(2), LOST, Reply("Half a")))
    assert (opened(told), [one.state for one in told if isinstance(one, TurnEnded)]) == ([], [TurnState.FAILED])
    assert opened(made.after(submit(A), broke(stream(3), UNREACHABLE))) == [(stream(3), BARN)]


def test_the_pool_is_one_server_for_who_looks_at_it() -> None:
    made = Desk(settings=pool())
    told = made.after(found(MILL, RUNS_TINY), found(BARN, AWAY))
    whole = ServerSurvey("the pool", models=RUNS_TINY.models, running=RUNS_TINY.running)
    assert [one for one in told if isinstance(one, ServerChanged)] == [
        ServerChanged(RUNS_TINY, MILL),
        ServerChanged(whole, POOL),
        ServerChanged(AWAY, BARN),
    ]
    assert notices(made.after(ShowModels(A), found(MILL, RUNS_TINY)))[-1] == (
        f"Models on the pool (choose with /model NAME):\n * {MODEL}  loaded\n   {HUGE}"
    )


def test_a_kept_chat_of_a_pool_that_is_gone_says_so() -> None:
    made = Desk(settings=EngineSettings())
    record = ConversationRecord(KEPT, "", MODEL, "", 1.0, 1.0, None, server=POOL)
    assert notices(made.after(RestoreConversation(record))) == [
        "The server pool of this chat is not configured any more: the default server answers here."
    ]


def test_the_list_has_the_pool_too() -> None:
    made = desk(surveys=(HAS_TINY, AWAY, HAS_TINY))
    assert notices(made.after(ShowServers(A))) == [
        "Servers (* answers in this chat):\n"
        "   mill  there: answers, version 1, 1 model, none loaded\n"
        "   barn  here: unreachable\n"
        "   shed  there: answers, version 1, 1 model, none loaded\n"
        " * pool  mill, barn: answers, 1 model, none loaded\n"
        "Another answers here with /server NAME."
    ]


def test_the_pool_is_shown_with_what_streams_and_what_waits() -> None:
    made = desk(4, surveys=(RUNS_TINY, HAS_TINY, HAS_TINY))
    made.given(ChooseServer(D, SHED), found(SHED), submit(A), submit(B), submit(C), submit(D), submit(D))
    assert notices(made.after(ShowPool(A))) == [
        "The pool:\n"
        f" mill  1 of 1 streams, answers, loaded: {MODEL}\n"
        " barn  1 of 1 streams, answers, none loaded\n"
        "Beside it:\n"
        " shed  1 stream, answers, none loaded\n"
        "Waiting: 1 for pool, 1 for shed.\n"
        "/server pool has the pool answer here."
    ]


def test_a_server_that_broke_off_is_shown_so() -> None:
    made = desk()
    made.given(submit(A), broke(stream(2), LOST))
    assert " mill  0 of 1 streams, broke off, and is looked at again\n" in notices(made.after(ShowPool(A)))[0]


def test_without_a_pool_it_is_said_how_there_is_one() -> None:
    assert notices(Desk().after(ShowPool(A))) == [
        "Servers:\n"
        " default  0 streams, nobody has heard of it yet\n"
        "Nothing waits.\n"
        'There is no pool: pool = ["A", "B"] in the configuration file makes one of servers that have names.'
    ]

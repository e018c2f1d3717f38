import pytest

from protocol.identity import DEFAULT_SERVER, POOL, ServerName
from protocol.server_names import ServerNames
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings

MILL, BARN = ServerName("mill"), ServerName("barn")
SHED = ServerName("shed")
UNNAMED = ServerNames((DEFAULT_SERVER, MILL))
NAMED = ServerNames((MILL, BARN))
POOLED = ServerNames((MILL, BARN), pool=(MILL,), pooled=True)
WITH_POOL = ServerNames((DEFAULT_SERVER, MILL), pool=(MILL,))


def test_the_names_are_those_of_the_settings_the_default_first() -> None:
    settings = EngineSettings(ServerSettings(name="mill"), others=(ServerSettings(name="barn"),))
    assert ServerNames.of(settings) == NAMED
    assert ServerNames.of(EngineSettings()) == ServerNames()


def test_what_is_not_configured_is_answered_by_the_default() -> None:
    assert [UNNAMED.resolve(ServerName(name)) for name in ("", "mill", "shed")] == ["", "mill", ""]
    assert [NAMED.resolve(ServerName(name)) for name in ("", "mill", "shed")] == ["mill", "mill", "mill"]


def test_a_conversation_without_a_name_always_has_a_server() -> None:
    assert [name in NAMED for name in (DEFAULT_SERVER, BARN, ServerName("shed"))] == [True, True, False]


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        (UNNAMED, "MILL", MILL),
        (UNNAMED, "default", DEFAULT_SERVER),
        (NAMED, "Default", MILL),
        (NAMED, "barn", BARN),
        (NAMED, "shed", None),
        (NAMED, "pool", None),
        (WITH_POOL, "Pool", POOL),
        (WITH_POOL, "default", DEFAULT_SERVER),
        (POOLED, "mill", MILL),
        (POOLED, "default", POOL),
    ],
)
def test_what_a_user_writes_is_found_in_either_case(names: ServerNames, text: str, found: ServerName | None) -> None:
    assert names.find(text) == found


def test_people_can_choose_what_has_a_label() -> None:
    assert (UNNAMED.labels(), NAMED.labels()) == (("default", "mill"), ("mill", "barn"))


def test_one_server_need_not_be_told_from_others() -> None:
    assert (ServerNames().several, NAMED.several) == (False, True)


def test_the_pool_answers_who_names_it_and_who_names_nobody_where_it_is_the_default() -> None:
    settings = EngineSettings(ServerSettings(name="mill"), others=(ServerSettings(name="barn"),), pool=(MILL,))
    assert ServerNames.of(settings) == ServerNames((MILL, BARN), pool=(MILL,))
    assert [WITH_POOL.resolve(name) for name in (DEFAULT_SERVER, MILL, POOL, SHED)] == ["", "mill", POOL, ""]
    assert [POOLED.resolve(name) for name in (DEFAULT_SERVER, MILL, POOL, SHED)] == [POOL, "mill", POOL, POOL]
    assert [POOL in names for names in (NAMED, WITH_POOL)] == [False, True]
    assert NAMED.resolve(POOL) == MILL


def test_the_pool_can_be_chosen_where_there_is_one() -> None:
    assert (WITH_POOL.labels(), WITH_POOL.several, POOLED.label(DEFAULT_SERVER)) == (
        ("default", "mill", "pool"),
        True,
        "pool",
    )

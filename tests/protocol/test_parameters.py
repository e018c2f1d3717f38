from protocol.parameters import NOTHING_SET, Option, Parameters

COLD = Parameters((Option("seed", 7), Option("temperature", 0.2)), think=False, keep_alive="10m")


def test_nothing_is_set_until_somebody_sets_it() -> None:
    assert Parameters().empty
    assert not Parameters(shift=False).empty
    assert COLD.option("seed") == 7
    assert COLD.option("top_k") is None


def test_options_are_sorted_and_none_is_there_twice() -> None:
    told = Parameters().with_option("top_k", 4).with_option("seed", 1).with_option("top_k", 5)
    assert told.options == (Option("seed", 1), Option("top_k", 5))
    assert Parameters.of_options({"top_k": 5, "seed": 1}) == told


def test_an_option_is_taken_out() -> None:
    assert COLD.with_option("seed", None).options == (Option("temperature", 0.2),)
    assert COLD.with_option("top_p", None) == COLD


def test_what_is_said_later_wins_option_by_option() -> None:
    later = Parameters((Option("seed", 8), Option("top_k", 5)), think="high", format='"json"', truncate=False)
    assert later.over(COLD) == Parameters(
        (Option("seed", 8), Option("temperature", 0.2), Option("top_k", 5)), "high", '"json"', "10m", truncate=False
    )
    assert NOTHING_SET.over(COLD) == COLD.over(NOTHING_SET) == COLD


def test_what_is_switched_off_is_set() -> None:
    assert Parameters(think=False, shift=False).over(Parameters(think=True, shift=True)) == Parameters(
        think=False, shift=False
    )

from ui.history import History


def history(*texts: str) -> History:
    made = History()
    for text in texts:
        made.add(text)
    return made


def test_up_walks_back_and_down_returns_to_the_draft() -> None:
    past = history("one", "two")

    assert [past.older("draft"), past.older("two"), past.older("one")] == ["two", "one", None]
    assert [past.newer("one"), past.newer("two"), past.newer("draft")] == ["two", "draft", None]


def test_what_was_changed_on_the_way_is_kept_while_walking() -> None:
    past = history("one", "two")
    past.older("")
    past.older("two, changed")

    assert past.newer("one") == "two, changed"


def test_sending_forgets_the_changes_and_goes_to_the_end() -> None:
    past = history("one", "two")
    past.older("")
    past.older("two, changed")
    past.add("three")

    assert [past.older(""), past.older("three"), past.older("two")] == ["three", "two", "one"]


def test_a_draft_left_behind_is_remembered_when_another_text_is_sent() -> None:
    past = history("one")
    past.older("a draft")
    past.add("one, again")

    assert [past.older(""), past.older("one, again"), past.older("a draft")] == ["one, again", "a draft", "one"]


def test_repetitions_and_blank_texts_are_remembered_once_or_not_at_all() -> None:
    past = history("one", "one", " ")

    assert [past.older(""), past.older("one")] == ["one", None]


def test_texts_of_earlier_runs_come_before_those_of_this_one() -> None:
    past = history("now")
    past.recall(["old", "old", " ", "older"])

    assert [past.older(""), past.older("now"), past.older("older"), past.older("old")] == ["now", "older", "old", None]


def test_a_walk_is_not_disturbed_by_texts_of_earlier_runs() -> None:
    past = history("one", "two")
    past.older("draft")
    past.older("two, changed")
    past.recall(["old"])

    assert [past.newer("one"), past.newer("two, changed")] == ["two, changed", "draft"]


def test_any_place_can_be_gone_to_and_the_draft_stays_at_the_end() -> None:
    past = history("one", "two", "three")

    assert (past.go(0, "draft"), past.newer("one"), past.go(3, "two"), past.go(4, "")) == ("one", "two", "draft", None)
    assert (len(past), past[1]) == (3, "two")

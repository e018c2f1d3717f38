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

import pytest

from actors.kept_notices import describe_adopted, describe_deleted, describe_missing, describe_title


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (describe_missing("sea"), "No chat begins with 'sea'."),
        (describe_missing(""), "Nothing is kept yet."),
        (describe_adopted(1), "1 prompt of an earlier run waits for its reply: /queue shows it."),
        (describe_adopted(2), "2 prompts of an earlier run wait for their replies: /queue shows them."),
        (describe_title("Paris"), "This chat is called 'Paris'."),
        (describe_title(""), "This chat has no title yet."),
        (describe_deleted("Paris"), "Deleted 'Paris'. /undelete brings it back."),
    ],
)
def test_the_other_answers_are_sentences(said: str, words: str) -> None:
    assert said == words

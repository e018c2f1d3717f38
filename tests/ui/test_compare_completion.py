import pytest

from ui.compare_completion import compare_words

MODELS, SERVERS, PRESETS = ["a", "b"], ["mill"], ["calm"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([], ["a", "b", "again", "pick", "judge", "merge", "drop", "presets"]),
        (["a"], ["b", "seeds", "on", "--"]),
        (["a", "seeds"], []),
        (["a", "seeds", "3"], ["b", "on", "--"]),
        (["a", "on"], ["mill", "--"]),
        (["A", "ON", "mill"], ["--"]),
        (["presets"], ["calm", "seeds", "on", "--"]),
        (["judge"], ["a", "b"]),
        (["merge", "a"], []),
        (["again"], []),
        (["pick"], []),
        (["drop"], []),
    ],
)
def test_what_can_follow(before: list[str], words: list[str]) -> None:
    assert [word for word, _ in compare_words(before, MODELS, SERVERS, PRESETS)] == words

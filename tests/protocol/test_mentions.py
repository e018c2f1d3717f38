from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocol.chat import Attachment
from protocol.mentions import MOST, Mention, carried, is_wild, means, mention_of, mentions, unknown, unnamed, wild_path


def named(*names: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(name, "text/plain", b"x") for name in names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("look at @photo.png", [("photo.png",)]),
        ("@a.py, and (@b.py) too.", [("a.py,", "a.py"), ("b.py)", "b.py")]),
        ('@"my notes.txt" and @"~/x y"', [("my notes.txt",), ("~/x y",)]),
        ("@src/ @src/**/*.py", [("src/",), ("src/**/*.py",)]),
        ("@a.py @a.py", [("a.py",)]),
        ("write to me@example.org", []),
        ("an @ alone, and @", []),
        ("first\n@second", [("second",)]),
        ("@...", [("...",)]),
    ],
)
def test_the_words_after_an_at_sign_may_name_files(text: str, words: list[tuple[str, ...]]) -> None:
    assert [word.spellings for word in mentions(text)] == words


def test_of_very_many_words_only_some_are_looked_at() -> None:
    assert len(mentions(" ".join(f"@{number}" for number in range(1_000)))) == MOST


@pytest.mark.parametrize("path", ["a.png", "my photo.png", "a.", "src/", "*.py", "x,y"])
def test_a_path_is_written_so_that_it_is_found_again(path: str) -> None:
    (word,) = mentions(f"see {mention_of(path)}, please")
    assert path in word.spellings


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.py", "a.py", True),
        ("*.py", "src/a.py", False),
        ("*.py", ".a.py", False),
        (".*.py", ".a.py", True),
        ("src/*.py", "src/a.py", True),
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/x/y/a.py", True),
        ("src/**/*.py", "src/.git/a.py", False),
        ("src/**", "src/x/a.py", True),
        ("src/**", "src/.a.py", False),
        ("a?[0-9].txt", "ab7.txt", True),
        ("a?[!0-9].txt", "ab7.txt", False),
        ("a?[!0-9].txt", "abc.txt", True),
        ("a[b.txt", "a[b.txt", True),
        ("*.p+", "a.p+", True),
        ("*", "a\nb", True),
    ],
)
def test_a_pattern_stands_for_paths(pattern: str, path: str, fits: bool) -> None:
    assert (wild_path(pattern).fullmatch(path) is not None) is fits
    assert is_wild(pattern)


@given(st.text("*?ab", min_size=1, max_size=12), st.text("ab", max_size=8))
def test_within_a_name_a_pattern_means_what_a_shell_takes_it_for(pattern: str, name: str) -> None:
    assume(is_wild(pattern) and pattern != "**")
    assert (wild_path(pattern).fullmatch(name) is not None) is fnmatchcase(name, pattern)


@pytest.mark.parametrize("pattern", ["*" * 60 + ".py", "*a" * 60 + "b", "*" * 60 + "/x", "**/" * 60 + "b"])
def test_a_pattern_of_many_stars_is_not_tried_for_ever(pattern: str) -> None:
    assert wild_path(pattern).fullmatch("a" * 80) is None
    assert wild_path(pattern).fullmatch("a/" * 40 + "a") is None


def test_a_word_means_a_file_what_is_in_a_folder_or_what_a_pattern_stands_for() -> None:
    assert means(Mention(("a.py,", "a.py")), "a.py")
    assert means(Mention(("src/",)), "src/x/a.py")
    assert means(Mention(("src/*.py",)), "src/a.py")
    assert not means(Mention(("src",)), "src/a.py")


def test_what_a_changed_text_does_not_name_any_more_goes_and_the_rest_stays() -> None:
    files = named("a.png", "src/b.py", "output of ls")
    assert carried(files, "@a.png @src/ go", "@a.png @src/ go on") == files
    assert carried(files, "@a.png @src/ go", "@src/ go") == named("src/b.py", "output of ls")
    assert carried(files, "@a.png @src/ go", "go") == named("output of ls")


def test_what_a_text_names_is_told_from_what_it_does_not() -> None:
    files = named("a.png", "output of ls")
    assert unnamed(files, "@a.png go") == named("output of ls")
    assert unknown("@a.png @b.png", files) == (Mention(("b.png",)),)

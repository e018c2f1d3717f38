from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.archive import Archive
from actors.archive_search import HIT, HIT_END, as_query, excerpt
from protocol.chat import Conversation, Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import Hit
from tests.support.keeping import MODEL, TALK, answer, opened

OTHER = Conversation(ConversationId("other"), MODEL)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Tell me about the sea", "Café by the sea: closed, 100% of the time.")
        answer(archive, "2", "And about C++?", 'Use "quotes" and NEAR(two, words) -> fine_names.')
        answer(archive, "3", "水の色は何ですか", "水の色は透明です。海は青い。", about=OTHER)
        answer(archive, "4", "ทะเลสีอะไร", "ทะเลเป็นสีฟ้า", about=OTHER)
        yield archive


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sea", ["1#1", "1"]),
        ("SEA the", ["1#1", "1"]),
        ("cafe", ["1#1"]),
        ("CAFÉ clo", ["1#1"]),
        ("clo sea", []),
        ("about", ["2", "1"]),
        ("abo", ["2", "1"]),
        ("c++", ["2", "1#1"]),
        ('"quotes"', ["2#1"]),
        ("NEAR(two,", ["2#1"]),
        ("sea OR quotes", []),
        ("sea NOT me", []),
        ("text:sea", []),
        ("fine*", ["2#1"]),
        ("-> use", ["2#1"]),
        ("100%", ["1#1"]),
        ("%", ["1#1"]),
        ("_", ["2#1"]),
        ("水", ["3#1", "3"]),
        ("透明", ["3#1"]),
        ("水 透明", ["3#1"]),
        ("สี", ["4#1", "4"]),
        ("ฟ้า ทะเล", ["4#1"]),
        ("", []),
        ("  \n", []),
        ("nowhere", []),
        ('"', ["2#1"]),
        ("\0", []),
        ("\ud800", ["2"]),
    ],
)
def test_the_latest_messages_are_found_in_which_all_words_occur(archive: Archive, words: str, found: list[str]) -> None:
    hits = archive.reader.search(words, 9)
    assert [hit.message for hit in hits] == found


def test_a_hit_tells_where_it_is_and_some_words_around_it(archive: Archive) -> None:
    (talk,) = (kept for kept in archive.reader.conversations(9) if kept.id == TALK)
    hits = archive.reader.search("sea", 1)
    text = "Café by the sea: closed, 100% of the time."
    assert hits == [Hit(talk, MessageId("1#1"), Role.ASSISTANT, text)]


@pytest.mark.parametrize(
    ("marked", "parts", "expected"),
    [
        ("one [two] three", (), "one two three"),
        ("a b c d e f g h i j k\n[sea]\n l m n o p q r s t", (), "i j k sea l m n o p q"),
        ("under[sea]side and [sea]", (), "undersea" + "side and sea"),
        ("水の色は透明です。", ("透明",), "水の色は透明です。"),
        ("x " * 400 + "-> y", ("->",), "x x x -> y"),
        ("nothing of it", ("->",), "nothing of it"),
        ("", (), ""),
    ],
)
def test_an_excerpt_is_some_words_around_the_first_hit_on_one_line(
    marked: str, parts: tuple[str, ...], expected: str
) -> None:
    assert excerpt(marked.replace("[", HIT).replace("]", HIT_END), parts) == expected


@given(st.text(), st.text(alphabet="\"*()^:+-{}ANDORTE '", max_size=20))
def test_no_text_is_ever_syntax(words: str, more: str) -> None:
    query = as_query(f"{words} {more}")
    assert query.match.count('"') % 2 == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="\"*()^:+-{}ANDORTE '水%_\\a\0", max_size=20))
def test_whatever_is_looked_for_is_no_error(archive: Archive, words: str) -> None:
    assert all(isinstance(hit, Hit) for hit in archive.reader.search(words, 9))

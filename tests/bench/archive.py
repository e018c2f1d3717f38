"""What the archive costs when many conversations are kept: a search, opening one, opening it, a piece of a reply."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from actors.archive_reader import ArchiveReader
from protocol.chat import Conversation
from protocol.frames import Chunk
from protocol.identity import StreamId, TurnId
from protocol.message import Value
from protocol.ui import TurnAccepted
from tests.bench.building import RARE, build, name_of, title_of, vocabulary
from tests.bench.measurement import Measurement, ratio, timed

SEARCH_GOAL = 50.0
"""Milliseconds."""
SAME = 2.0
"""A ratio up to which two costs count as the same: the deeper trees of a large file, and noise."""

_HITS = 20
_TIMES = 40


class Size(Value, frozen=True):
    """How much is kept."""

    few: int = 10
    """Conversations in the small archive."""
    many: int = 10_000
    """Conversations in the large one."""
    messages: int = 20
    """Of each conversation."""
    reply: int = 1_000_000
    """Characters of the long reply under way."""


FULL = Size()
QUICK = Size(many=1_000, reply=100_000)


def measure(folder: Path, size: Size) -> list[Measurement]:
    """Build two archives in a folder and measure both."""
    small, large = (build(folder / str(count), count, size.messages) for count in (size.few, size.many))
    return [*_searches(large), *_openings(small, large, size), *_starts(small, large, size), *_pieces(folder, size)]


def _searches(path: Path) -> Iterator[Measurement]:
    words = vocabulary()
    queries = {
        "a common word": words[0],
        "a rare word": RARE,
        "two common words": f"{words[3]} {words[8]}",
        "a common and a rare word": f"{words[1]} {RARE}",
        "two rare words that never meet": f"{words[-1]} {RARE}",
        "the beginning of a word": words[40][:2],
        "its first letter": words[40][:1],
        "a longer beginning": words[40][:4],
        "no hit": "qqqqqq",
        "no hit, after a common word": f"{words[0]} qqqqqq",
    }
    with closing(ArchiveReader.open(path)) as reader:
        for name, query in queries.items():
            yield timed(f"search: {name}", partial(reader.search, query, _HITS), _TIMES, SEARCH_GOAL)
        yield timed("search: 中文, by reading all", partial(reader.search, "中文", _HITS), 5)


def _openings(small: Path, large: Path, size: Size) -> Iterator[Measurement]:
    of_few, of_many = f"of {size.few}", f"of {size.many:,}"
    with closing(ArchiveReader.open(small)) as few, closing(ArchiveReader.open(large)) as many:
        middle = name_of(size.few // 2)
        one = timed(f"open a conversation {of_few}", partial(few.record, middle), 10 * _TIMES)
        other = timed(f"open a conversation {of_many}", partial(many.record, middle), 10 * _TIMES)
        yield from (one, other, ratio("open a conversation, ratio", one, other, SAME))
        one = timed(f"find a title {of_few}", partial(few.find, title_of(1)), 10 * _TIMES)
        other = timed(f"find a title {of_many}", partial(many.find, title_of(1)), 10 * _TIMES)
        yield from (one, other, ratio("find a title, ratio", one, other, SAME))


def _starts(small: Path, large: Path, size: Size) -> Iterator[Measurement]:
    few = timed(f"start with {size.few}", partial(_start, small), _TIMES)
    many = timed(f"start with {size.many:,}", partial(_start, large), _TIMES)
    yield from (few, many, ratio("start, ratio", few, many, SAME))


def _start(path: Path) -> None:
    with closing(Archive(path, "bench")) as archive:
        archive.interrupt_orphans()
        archive.purge(0.0)
        archive.reader.find("")
        archive.reader.inputs(1000)


def _pieces(folder: Path, size: Size) -> Iterator[Measurement]:
    talk, short, long = Conversation(name_of(0)), StreamId(TurnId("short"), 1), StreamId(TurnId("long"), 1)
    with closing(Archive(folder / FILE_NAME, "bench")) as archive:
        for stream in (short, long):
            archive.keep_prompt(talk, stream.turn, 1.0)
            archive.accept_turn(TurnAccepted(talk.id, stream.turn, stream.turn), 1.0)
            archive.begin_reply(stream, "tiny:1b", 1.0)
        archive.add_pieces([(long, (Chunk("word "),) * 100)] * (size.reply // 500))
        one, other = (
            timed(f"add a piece to a {name} reply", partial(archive.add_pieces, [(stream, (Chunk("word "),))]), 1000)
            for name, stream in (("short", short), ("long", long))
        )
    yield from (one, other, ratio("add a piece, ratio", one, other, SAME))

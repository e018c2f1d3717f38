from pathlib import Path

import pytest

from tests.bench.profile import Profile, describe, part_of, read_names, read_stacks, thread_of

_MAIN = "thread (10): MainThread;run (ui/launch.py:13);Pacer._due (ui/pacer.py:46)"
_READER = "thread (12): StreamReader-5;Thread.run (threading.py:982);Actor._actor_loop (pykka/_actor.py:244)"


@pytest.mark.parametrize(
    ("frames", "part"),
    [
        ("StreamReader._read (actors/stream_reader.py:64);HTTPResponse.read1 (http/client.py:658)", "read"),
        ("NdjsonDecoder._feed (protocol/ndjson.py:50);decode_chat_line (protocol/ollama_chat.py:67)", "decode"),
        ("Queue.get (queue.py:171);Condition.wait (threading.py:327)", "mailbox"),
        ("Accumulator.act (actors/accumulator.py:91);<genexpr> (<string>:1)", "accumulate"),
        ("Archive.add_pieces (actors/archive_growth.py:84)", "keep"),
        ("Model.apply (ui/model.py:70);loads (json/__init__.py:1)", "model"),
        ("leaves (ui/leaves.py:58);ParserBlock.parse (markdown_it/parser_block.py:120)", "layout"),
        ("Text.render (urwid/widget/text.py:77);apply_text_layout (urwid/canvas.py:1698)", "draw"),
        ("SelectEventLoop._loop (urwid/event_loop/select_loop.py:225)", "other"),
        ("sleep (time.py:1)", "other"),
    ],
)
def test_a_stack_belongs_to_the_innermost_frame_that_is_known(frames: str, part: str) -> None:
    assert part_of(f"thread (1): T;{frames}") == part


@pytest.mark.parametrize(
    ("stack", "thread"), [(_MAIN, "MainThread"), (_READER, "StreamReader"), ("main (x.py:1)", "nameless")]
)
def test_a_thread_is_known_by_its_name(stack: str, thread: str) -> None:
    assert thread_of(stack) == thread


def test_stacks_are_read_with_their_counts() -> None:
    lines = ["a (x.py:1);<listcomp> (y z.py:2) 3\n", "b (x.py:1) 1\n", "b (x.py:1) 2\n"]
    assert read_stacks(lines) == {"a (x.py:1);<listcomp> (y z.py:2)": 3, "b (x.py:1)": 3}


def test_the_samples_of_a_thread_share_its_cost_as_it_is_without_a_profiler() -> None:
    stacks = {f"{_MAIN};a (ui/model.py:1)": 3, f"{_MAIN};b (ui/steady.py:1)": 1, f"{_READER};c (http/client.py:1)": 10}
    found = Profile("burst", 100, {"MainThread": 0.0002, "StreamReader": 0.0006, "Timekeeper": 0.0002}, stacks)

    assert found.costs() == dict(zip(["thread (0): Timekeeper", *stacks], [2.0, 1.5, 0.5, 6.0], strict=True))


def test_the_names_of_threads_are_read_from_a_dump() -> None:
    dump = 'Process 7: python\nThread 7 (idle): "MainThread"\n    f (x.py:1)\nThread 9 (active): "StreamReader-5"\n'
    assert read_names(dump) == {7: "MainThread", 9: "StreamReader"}


def test_the_parts_of_a_chunk_and_the_dearest_functions_are_told() -> None:
    stacks = {f"{_MAIN};a (ui/model.py:1)": 3, f"{_MAIN};a (ui/model.py:2)": 1, f"{_READER};c (http/client.py:1)": 10}
    told = describe([Profile("burst", 100, {"MainThread": 0.00025, "StreamReader": 0.00075}, stacks)], Path("here"))

    assert [line.split() for line in told.splitlines() if line.startswith(("model", "read", "decode", "Main"))] == [
        ["read", "7.5", "75", "%"],
        ["decode", "0.0", "0", "%"],
        ["model", "2.5", "25", "%"],
        ["MainThread", "2.5", "25", "%"],
    ]
    assert "    7.50 µs  c (http/client.py)\n    2.50 µs  a (ui/model.py)" in told


def test_a_profile_without_samples_is_told_too() -> None:
    assert "all" in describe([Profile("burst", 100, {}, {})], Path("here"))

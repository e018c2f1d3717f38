import json
import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from actors.port import Port
from actors.tracer import Tracer, WatchedReaders, WatchedStoreReaders, open_trace
from protocol.chat import ChatRequest
from protocol.coordinator import CancelAll, CoordinatorMessage, PrepareToStop
from protocol.errors import ApplicationError
from protocol.identity import StreamId, TurnId
from protocol.store import JobId, PullModel
from protocol.store_reader import StartWork
from protocol.stream_reader import OpenStream
from protocol.trace import encode_header
from tests.support.addresses import PATIENCE, Recorder
from tests.support.clock import FakeClock
from tests.support.leaks import nothing_left

STARTED = datetime(2026, 11, 22, tzinfo=UTC)
HEADER = {"program": "chinwag", "version": "1", "format": 1, "started": "2026-11-22T00:00:00+00:00"}
CANCEL = {"type": "CancelAll"}


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def traced(path: Path, work: Callable[[Tracer, FakeClock], None]) -> list[dict[str, Any]]:
    """What is in the file when a tracer has come and gone."""
    clock = FakeClock(100.0)
    with nothing_left():
        tracer = Tracer(open_trace(path), "1", clock, STARTED)
        tracer.start()
        work(tracer, clock)
        assert tracer.close(PATIENCE)
    return lines_of(path)


def test_a_message_reaches_its_receiver_and_the_file(tmp_path: Path) -> None:
    receiver: Recorder[CoordinatorMessage] = Recorder()

    def work(tracer: Tracer, clock: FakeClock) -> None:
        address = tracer.watch("Coordinator", receiver)
        address.tell(CancelAll())
        clock.advance(2.5)
        address.tell(PrepareToStop())

    assert traced(tmp_path / "t", work) == [
        HEADER,
        {"at": 0.0, "from": "UI", "to": "Coordinator", "message": CANCEL},
        {"at": 2.5, "from": "UI", "to": "Coordinator", "message": {"type": "PrepareToStop"}},
    ]
    assert receiver.told == [CancelAll(), PrepareToStop()]


def test_the_sender_is_the_actor_in_whose_thread_it_happens(tmp_path: Path) -> None:
    def work(tracer: Tracer, clock: FakeClock) -> None:
        for name in ("Librarian-7 (_actor_loop)", "Timekeeper"):
            teller = threading.Thread(target=tracer.note, args=("Coordinator", CancelAll()), name=name)
            teller.start()
            teller.join()

    assert [line.get("from") for line in traced(tmp_path / "t", work)] == [None, "Librarian", "Timekeeper"]


def test_ports_and_readers_are_watched(tmp_path: Path) -> None:
    opened: list[OpenStream | StartWork] = []

    class Readers:
        def open(self, message: OpenStream | StartWork) -> None:
            opened.append(message)

        def close(self, stream: str | StreamId) -> None:
            raise AssertionError(stream)

    pull = StartWork(JobId("pull"), 1, PullModel("tiny"))
    stream = OpenStream(StreamId(TurnId("1"), 1), ChatRequest("tiny", ()))

    def work(tracer: Tracer, clock: FakeClock) -> None:
        port = Port[CoordinatorMessage]("Coordinator", tracer)
        port.connect(Recorder())
        port.tell(CancelAll())
        WatchedReaders(Readers(), tracer).open(stream)
        WatchedStoreReaders(Readers(), tracer).open(pull)

    lines = traced(tmp_path / "t", work)
    assert [(line.get("to"), line.get("message", {}).get("type")) for line in lines[1:]] == [
        ("Coordinator", "CancelAll"),
        ("StreamReader", "OpenStream"),
        ("StoreReader", "StartWork"),
    ]
    assert opened == [stream, pull]


def test_a_port_without_a_tracer_leads_straight_to_its_actor() -> None:
    receiver: Recorder[CoordinatorMessage] = Recorder()
    port = Port[CoordinatorMessage]("Coordinator")
    port.connect(receiver)
    assert port._target is receiver


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    def tell_much(tracer: Tracer) -> None:
        for _ in range(500):
            tracer.note("Coordinator", CancelAll())

    def work(tracer: Tracer, clock: FakeClock) -> None:
        tellers = [threading.Thread(target=tell_much, args=(tracer,)) for _ in range(8)]
        for teller in tellers:
            teller.start()
        for teller in tellers:
            teller.join()

    assert len(traced(tmp_path / "t", work)) == 1 + 8 * 500


def test_a_disk_that_does_not_go_on_holds_nobody_up_and_what_was_left_out_is_counted() -> None:
    with nothing_left():
        reader, writer = os.pipe()
        tracer = Tracer(writer, "1", FakeClock(), STARTED, room=2)
        tracer.start()
        for _ in range(20_000):  # more than the pipe holds
            tracer.note("Coordinator", CancelAll())
        assert not tracer.close(0.0)
        with open(reader, "rb") as file:
            lines = [json.loads(line) for line in file]
        assert tracer.close(PATIENCE)
    assert lines[0] == HEADER
    assert sum(line.get("missed", 1) for line in lines[1:]) == 20_000
    assert any("missed" in line for line in lines)


def test_a_full_disk_ends_the_trace_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with nothing_left():
        tracer = Tracer(open_trace(Path("/dev/full")), "1")
        with caplog.at_level(logging.WARNING):
            tracer.start()
            assert tracer.close(PATIENCE)
        tracer.note("Coordinator", CancelAll())
    assert caplog.messages == ["the trace ends here: it cannot be written: [Errno 28] No space left on device"]


def test_the_file_is_for_its_owner_only_and_an_earlier_trace_makes_room(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(encode_header("0", "") + b"much more than before\n" * 10)
    path.chmod(0o644)
    os.close(open_trace(path))
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"", 0o600)


def test_what_is_no_trace_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "novel"
    path.write_text("Call me Ishmael.")
    with nothing_left(), pytest.raises(ApplicationError) as raised:
        open_trace(path)
    assert str(raised.value) == f"{path} is there and is no trace, so nothing is written over it. Name another file."
    assert path.read_text() == "Call me Ishmael."


@pytest.mark.parametrize(("name", "why"), [("no/such", "No such file or directory"), ("", "Is a directory")])
def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / name
    with nothing_left(), pytest.raises(ApplicationError) as raised:
        open_trace(path)
    assert str(raised.value) == f"The trace cannot be written to {path}: {why}. Name another."

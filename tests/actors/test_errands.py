import os
import threading
from pathlib import Path

import pytest

from actors.attaching_source import BytesOf, bytes_in
from actors.errands import MOST, ErrandPool
from protocol.chat import Attachment
from protocol.coordinator import NewsOfActors
from protocol.errands import (
    CommandRan,
    Errand,
    ErrandNews,
    FilesGathered,
    FilesSeen,
    GatherFiles,
    ImagesSaved,
    LookAtFiles,
    RunCommand,
    SaveImages,
    Sight,
)
from protocol.limits import ResourceLimits
from protocol.mentions import Mention
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.leaks import nothing_left
from tests.support.pictures import png

PICTURE = Attachment("image.png", "image/png", png())
LATE = "The disk does not answer within 0 s: what is there may be far away, or gone."


class Pool:
    """A pool, and whom it tells."""

    def __init__(self, limits: ResourceLimits | None = None, bytes_of: BytesOf | None = None) -> None:
        self.told = QueueAddress[ErrandNews]()
        self.supervisor = Recorder[NewsOfActors]()
        self.pool = ErrandPool(self.told, self.supervisor, limits or ResourceLimits(), bytes_of or bytes_in(None))

    def done(self, errand: Errand) -> ErrandNews:
        """Have an errand done."""
        self.pool.start(errand)
        return self.told.next()

    def start_what_does_not_end(self, folder: Path) -> None:
        """Start a command, by the number 1, and wait until it runs."""
        started = folder / "started"
        os.mkfifo(started)
        self.pool.start(RunCommand(1, f"echo > {started}; sleep 1000"))
        started.read_text()


def word(path: object) -> tuple[Mention, ...]:
    return (Mention((str(path),)),)


def test_every_errand_is_done_and_answered(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    with nothing_left():
        pool = Pool()
        size = len(png())
        assert pool.done(LookAtFiles(1, word(path))) == FilesSeen(1, (Sight(str(path), 1, size),))
        assert pool.done(GatherFiles(2, word(path))) == FilesGathered(2, (Attachment(str(path), "image/png", png()),))
        assert pool.done(RunCommand(3, "echo hi")) == CommandRan(3, "hi", "exit status 0")
        saved = ImagesSaved(4, f"Saved to {tmp_path}/image-1.png.")
        assert pool.done(SaveImages(4, (PICTURE,), str(tmp_path))) == saved
        assert pool.pool.stop_all(PATIENCE)
    assert pool.supervisor.take() == []


def test_a_command_that_is_cancelled_says_how_it_ended_and_nothing_is_left(tmp_path: Path) -> None:
    with nothing_left():
        pool = Pool()
        pool.start_what_does_not_end(tmp_path)
        pool.pool.cancel(1)
        assert pool.told.next() == CommandRan(1, "", "stopped", cancelled=True)
        assert pool.pool.stop_all(PATIENCE)


def test_stopping_ends_every_command(tmp_path: Path) -> None:
    with nothing_left():
        pool = Pool()
        pool.start_what_does_not_end(tmp_path)
        assert pool.pool.stop_all(PATIENCE)


@pytest.mark.parametrize(
    ("errand", "answer"),
    [
        (LookAtFiles(1, word("a")), FilesSeen(1, trouble=LATE)),
        (GatherFiles(1, word("a")), FilesGathered(1, refusal=LATE)),
        (SaveImages(1, (), "."), ImagesSaved(1, LATE)),
    ],
)
def test_a_disk_that_does_not_answer_is_not_waited_for(errand: Errand, answer: ErrandNews) -> None:
    assert Pool(ResourceLimits(file_seconds=0.0)).done(errand) in (answer, _answered_in_time(errand))


def _answered_in_time(errand: Errand) -> ErrandNews:
    """A disk may be faster than no time at all."""
    match errand:
        case LookAtFiles(number=number):
            return FilesSeen(number)
        case GatherFiles(number=number):
            return FilesGathered(number)
        case _:
            return ImagesSaved(errand.number, "")


def test_threads_that_a_dead_disk_holds_are_no_more_than_errands_may_be(tmp_path: Path) -> None:
    disk = threading.Event()

    def held(image: Attachment) -> bytes:
        disk.wait(PATIENCE)
        return image.data

    def save(number: int) -> SaveImages:
        return SaveImages(number, (PICTURE,), str(tmp_path))

    with nothing_left():
        pool = Pool(ResourceLimits(file_seconds=0.0), held)
        answers = [pool.done(save(number)) for number in range(MOST)]
        assert answers == [ImagesSaved(number, LATE) for number in range(MOST)]
        refusal = "Too much is waited for from the disk already. Try again in a moment."
        assert pool.done(save(99)) == ImagesSaved(99, refusal)
        assert pool.pool.stop_all(PATIENCE)
        disk.set()
    assert pool.told.drain() == []


def test_what_is_too_much_at_once_is_refused(tmp_path: Path) -> None:
    with nothing_left():
        pool = Pool()
        for number in range(MOST):
            pool.pool.start(RunCommand(number, "sleep 1000"))
        refusal = "Too much is waited for from the disk already. Try again in a moment."
        assert pool.done(GatherFiles(99, word(tmp_path))) == FilesGathered(99, refusal=refusal)
        assert pool.pool.stop_all(PATIENCE)


def test_one_that_is_not_there_is_not_cancelled() -> None:
    Pool().pool.cancel(7)

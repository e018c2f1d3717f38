import pytest

from actors.cancel import CancelToken
from actors.store_reader import StoreReader
from protocol.coordinator import NewsOfActors
from protocol.errors import ActorDied, ConnectionLost, ServerRefusal
from protocol.model_work import ModelMessage, WorkBroken, WorkFinished, WorkProgressed
from protocol.progress import Layer, Progress
from protocol.store import JobId, PullModel
from protocol.store_reader import StartWork
from tests.support.addresses import Recorder
from tests.support.recordings import recording
from tests.support.store import ONE, OTHER, SUCCESS, ScriptedStore, layer, line

JOB = JobId("pull")
PULL = PullModel("tiny")
CUT = ConnectionLost("The server's answer ended before it was done.", "What came of it is kept there.").failure


class Ticking:
    """A clock that goes on by a tenth of a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time, and let some pass."""
        self.now += 0.1
        return self.now


def told(*pieces: bytes | Exception, before: Progress | None = None) -> list[ModelMessage]:
    """What a reader tells of a body that comes in these pieces."""
    coordinator, supervisor = Recorder[ModelMessage](), Recorder[NewsOfActors]()
    reader = StoreReader(ScriptedStore(pieces), coordinator, supervisor, CancelToken(), Ticking())
    reader.on_receive(StartWork(JOB, 3, PULL, before or Progress()))
    assert supervisor.take() == []
    return coordinator.take()


def progress(status: str, *layers: Layer) -> Progress:
    return Progress(status, layers)


def test_a_pull_is_told_from_its_first_line_to_its_last() -> None:
    both = Layer(ONE, 1000, 1000), Layer(OTHER, 10, 10)
    pieces = line(status="pulling manifest"), layer(ONE, 1000), layer(OTHER, 10, 10), SUCCESS
    assert told(*pieces) == [
        WorkProgressed(JOB, 3, progress("pulling manifest")),
        WorkFinished(JOB, 3, progress("success", *both)),
    ]


def test_a_flood_of_lines_is_told_a_few_times_a_second() -> None:
    news = told(*(layer(ONE, number) for number in range(1000)), SUCCESS)
    counted = [one.progress.completed for one in news if isinstance(one, WorkProgressed | WorkFinished)]
    assert len(news) <= 1000 * 0.1 / 0.25 + 2
    assert counted == sorted(counted)
    assert news[-1] == WorkFinished(JOB, 3, progress("success", Layer(ONE, 1000, 999)))


def test_it_goes_on_with_what_an_earlier_attempt_has_brought() -> None:
    before = progress("pulling", Layer(ONE, 1000, 700))
    (news,) = told(layer(ONE, 100) + SUCCESS, before=before)
    assert news == WorkFinished(JOB, 3, progress("success", Layer(ONE, 1000, 700)))


def test_an_error_in_a_good_answer_is_the_end() -> None:
    refusal = ServerRefusal("The server could not do it: no such model.").failure
    (begun, broken) = told(line(status="pulling manifest"), line(error="no such model"), SUCCESS)
    assert begun == WorkProgressed(JOB, 3, progress("pulling manifest"))
    assert broken == WorkBroken(JOB, 3, progress("pulling manifest"), refusal)


@pytest.mark.parametrize("pieces", [(), (b"\n",), (layer(ONE, 1),)])
def test_an_answer_that_ends_before_it_is_done_is_broken(pieces: tuple[bytes, ...]) -> None:
    broken = told(*pieces)[-1]
    assert isinstance(broken, WorkBroken)
    assert broken.failure == CUT


def test_garbage_is_broken_and_what_came_before_it_counts() -> None:
    broken = told(layer(ONE, 500) + b"<html>\n")[-1]
    assert isinstance(broken, WorkBroken)
    assert broken.progress == progress("pulling aaaaaaaaaaaa", Layer(ONE, 1000, 500))
    assert (broken.failure.kind, broken.failure.summary[:58]) == (
        "MalformedFrame",
        "The server sent a line that is none of Ollama's (JSON is m",
    )


def test_a_line_that_never_ends_is_broken() -> None:
    broken = told(*[b"x" * 65536] * 20)[-1]
    assert isinstance(broken, WorkBroken)
    assert broken.failure.kind == "LineTooLong"


def test_whatever_a_store_raises_breaks_the_work_and_not_the_program() -> None:
    failure = ActorDied("The StoreReader failed (KeyError('x')).", "The log has the details.").failure
    assert told(KeyError("x")) == [WorkBroken(JOB, 3, Progress(), failure)]


def test_a_cancelled_reader_tells_nothing() -> None:
    coordinator, cancel = Recorder[ModelMessage](), CancelToken()
    cancel.cancel()
    reader = StoreReader(ScriptedStore([SUCCESS]), coordinator, Recorder[NewsOfActors](), cancel)
    reader.on_receive(StartWork(JOB, 1, PULL))
    assert coordinator.take() == []


def test_the_recorded_pull_is_read_however_it_is_cut() -> None:
    body = recording("pull_ok_stream").body
    ends = [told(*(body[start : start + size] for start in range(0, len(body), size)))[-1] for size in (7, 1000, 10**6)]
    (end,) = set(map(repr, ends))
    assert "WorkFinished" in end
    (finished, *_) = ends
    assert isinstance(finished, WorkFinished)
    assert [(one.total, one.completed) for one in finished.progress.layers] == [(16240004, 15990784), (205, 0)]

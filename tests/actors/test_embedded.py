import json
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.embedded import CAPTION, MODEL_NAME, NOTICE, PIECES_AHEAD, EmbeddedServer, find_embedded_model
from actors.embedded_model import Generation
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.errors import ApplicationError, ServerRefusal
from protocol.models import InstalledModel, RunningModel, ServerSurvey

PATIENCE = 10.0
FILE = Path("a model that is not there.gguf")
DONE = Generation("stop", prompt_tokens=7, tokens=3, prompt_seconds=0.25, seconds=0.5)


class Script:
    """A model that says its pieces; with `endless`, again and again until nobody listens."""

    def __init__(self, *pieces: str, end: Generation = DONE, endless: bool = False) -> None:
        self._pieces = pieces
        self._end = end
        self._endless = endless
        self.questions: list[str] = []
        self.pieces_said = threading.Semaphore(0)
        self.stopped = threading.Event()

    def count(self, text: str) -> int:
        return len(text.split())

    def generate(self, prompt: str, limit: int, take: Callable[[str], bool]) -> Generation:
        self.questions.append(prompt.split("<|im_start|>user\n")[-1].partition("<|im_end|>")[0])
        going = self._say(take)
        while going and self._endless:
            going = self._say(take)
        self.stopped.set()
        return self._end

    def _say(self, take: Callable[[str], bool]) -> bool:
        for piece in self._pieces:
            self.pieces_said.release()
            if not take(piece):
                return False
        return True


class Loading:
    """Loads a model when it is let; waiting for it to begin and letting it end are the test's."""

    def __init__(self, model: Script) -> None:
        self._model = model
        self._end = threading.Event()
        self._begun = threading.Event()

    def __call__(self, path: Path) -> Script:
        self._begun.set()
        assert self._end.wait(PATIENCE)
        return self._model

    def wait_until_begun(self) -> None:
        assert self._begun.wait(PATIENCE)

    def finish(self) -> None:
        self._end.set()


@pytest.fixture
def serve() -> Iterator[Callable[..., EmbeddedServer]]:
    """Builds servers that are closed after the test."""
    servers: list[EmbeddedServer] = []

    def build(load: Callable[[Path], Script] | Script) -> EmbeddedServer:
        model = load
        servers.append(EmbeddedServer(FILE, (lambda _: model) if isinstance(model, Script) else model))
        return servers[-1]

    yield build
    assert all(server.close(PATIENCE) for server in servers)


def request(prompt: str = "Hi", model: str = MODEL_NAME) -> ChatRequest:
    return ChatRequest(model, (ChatMessage(Role.USER, prompt),))


def ask(server: EmbeddedServer, chat: ChatRequest | None = None) -> list[dict[str, Any]]:
    """Everything the server answers, decoded line by line."""
    with server.open(chat or request(), CancelToken()) as body:
        return [json.loads(line) for line in body]


def text_of(lines: list[dict[str, Any]]) -> str:
    return "".join(line["message"]["content"] for line in lines)


def read_in_thread(server: EmbeddedServer, cancel: CancelToken) -> Callable[[], list[bytes] | Exception]:
    """Start reading in a thread; the returned function waits for how it ended."""
    outcome: queue.SimpleQueue[list[bytes] | Exception] = queue.SimpleQueue()

    def read() -> None:
        try:
            with server.open(request(), cancel) as body:
                outcome.put(list(body))
        except Exception as error:  # noqa: BLE001 - it is what the test compares
            outcome.put(error)

    threading.Thread(target=read).start()
    return lambda: outcome.get(timeout=PATIENCE)


def test_an_answer_is_said_in_ollamas_own_lines(serve: Callable[..., EmbeddedServer]) -> None:
    *said, last = ask(serve(Script("Bon", "jour", "")))
    assert said == [
        {"model": MODEL_NAME, "message": {"role": "assistant", "content": "Bon"}, "done": False},
        {"model": MODEL_NAME, "message": {"role": "assistant", "content": "jour"}, "done": False},
    ]
    assert last.pop("total_duration") >= last.pop("load_duration") >= 0
    assert last == {
        "model": MODEL_NAME,
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 7,
        "prompt_eval_duration": 250_000_000,
        "eval_count": 3,
        "eval_duration": 500_000_000,
    }


def test_an_answer_cut_by_the_limit_says_length(serve: Callable[..., EmbeddedServer]) -> None:
    cut = Generation("length", 7, 1024, 0.1, 9.9)
    assert ask(serve(Script("and so on", end=cut)))[-1]["done_reason"] == "length"


def test_the_model_is_loaded_once_and_only_when_it_is_asked(serve: Callable[..., EmbeddedServer]) -> None:
    loaded: list[Path] = []

    def load(path: Path) -> Script:
        loaded.append(path)
        return Script("yes")

    server = serve(load)
    assert loaded == []
    assert [text_of(ask(server)), text_of(ask(server))] == ["yes", "yes"]
    assert loaded == [FILE]


def test_a_survey_names_the_model_and_says_that_it_is_a_demo(serve: Callable[..., EmbeddedServer]) -> None:
    server = serve(Script("yes"))
    installed = InstalledModel(MODEL_NAME, 0, "llama", "135M", "Q4_1", ("completion",))
    assert server.survey(CancelToken()) == ServerSurvey(
        "this machine", models=(installed,), running=(), notice=NOTICE, caption=CAPTION, heeds_parameters=False
    )
    ask(server)
    assert server.survey(CancelToken()).running == (RunningModel(MODEL_NAME, 0, 8192),)


def test_cancelling_while_the_model_loads_frees_the_reader_at_once(serve: Callable[..., EmbeddedServer]) -> None:
    model = Script("too late")
    loading = Loading(model)
    cancel = CancelToken()
    outcome = read_in_thread(serve(loading), cancel)
    loading.wait_until_begun()
    cancel.cancel()
    assert isinstance(outcome(), Cancelled)
    loading.finish()
    assert model.questions == []


def test_an_answer_cancelled_while_it_waits_is_never_begun(serve: Callable[..., EmbeddedServer]) -> None:
    model = Script("yes")
    loading = Loading(model)
    server = serve(loading)
    first = read_in_thread(server, CancelToken())
    loading.wait_until_begun()
    cancel = CancelToken()
    second = read_in_thread(server, cancel)
    cancel.cancel()
    assert isinstance(second(), Cancelled)
    loading.finish()
    assert isinstance(first(), list)
    assert text_of(ask(server, request("And now?"))) == "yes"
    assert model.questions == ["Hi", "And now?"]


def test_cancelling_in_the_middle_of_an_answer_stops_the_model(serve: Callable[..., EmbeddedServer]) -> None:
    model = Script("more", endless=True)
    cancel = CancelToken()
    with pytest.raises(Cancelled), serve(model).open(request(), cancel) as body:
        next(iter(body))
        cancel.cancel()
        next(iter(body))
    assert model.stopped.wait(PATIENCE)


def test_a_reader_that_leaves_while_the_model_is_far_ahead_stops_it(serve: Callable[..., EmbeddedServer]) -> None:
    model = Script("more", endless=True)
    with serve(model).open(request(), CancelToken()):
        for _ in range(PIECES_AHEAD + 1):
            assert model.pieces_said.acquire(timeout=PATIENCE)
    assert model.stopped.wait(PATIENCE)


def test_the_model_waits_for_a_slow_reader(serve: Callable[..., EmbeddedServer]) -> None:
    model = Script("more", endless=True)
    with serve(model).open(request(), CancelToken()) as body:
        for _ in range(PIECES_AHEAD + 1):
            assert model.pieces_said.acquire(timeout=PATIENCE)
        assert not model.pieces_said.acquire(blocking=False)
        next(iter(body))
        assert model.pieces_said.acquire(timeout=PATIENCE)


def test_a_cancelled_token_is_refused_before_anything_is_asked(serve: Callable[..., EmbeddedServer]) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled), serve(Script("no")).open(request(), cancel):
        pass


def test_a_model_that_cannot_be_loaded_is_tried_again_at_the_next_prompt(serve: Callable[..., EmbeddedServer]) -> None:
    attempts: list[Path] = []

    def load(path: Path) -> Script:
        attempts.append(path)
        if len(attempts) == 1:
            raise RuntimeError("bad magic:\n  not a GGUF file")
        return Script("yes")

    server = serve(load)
    with pytest.raises(ApplicationError) as caught:
        ask(server)
    assert str(caught.value) == ("The embedded model failed: bad magic: not a GGUF file The log has the details.")
    assert text_of(ask(server)) == "yes"


def test_another_models_name_is_refused_with_the_status_of_an_unknown_model(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with pytest.raises(ServerRefusal) as caught:
        ask(serve(Script("no")), request(model="llama3"))
    assert caught.value.failure.status == 404
    assert caught.value.failure.summary == "There is no model 'llama3' here, only the embedded one."


def test_a_prompt_longer_than_the_context_is_refused(serve: Callable[..., EmbeddedServer]) -> None:
    with pytest.raises(ServerRefusal, match="reads at most 7168 tokens"):
        ask(serve(Script("junk")), request("word " * 8000))


def test_closing_stops_an_answer_under_way_and_tells_its_reader(serve: Callable[..., EmbeddedServer]) -> None:
    server = serve(Script("more", endless=True))
    with (
        pytest.raises(ApplicationError, match="The embedded model was stopped"),
        server.open(request(), CancelToken()) as body,
    ):
        next(iter(body))
        threading.Thread(target=server.close, args=[PATIENCE]).start()
        list(body)


def test_closing_while_the_model_loads_says_that_it_was_late(serve: Callable[..., EmbeddedServer]) -> None:
    loading = Loading(Script("no"))
    server = serve(loading)
    outcome = read_in_thread(server, CancelToken())
    loading.wait_until_begun()
    assert server.close(0.0) is False
    loading.finish()
    assert isinstance(outcome(), ApplicationError)


def test_closing_ends_the_thread(serve: Callable[..., EmbeddedServer]) -> None:
    server = serve(Script("yes"))
    assert text_of(ask(server)) == "yes"
    assert server.close(PATIENCE) is True
    assert "embedded-model" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.embedded
def test_the_real_model_knows_the_capital_of_france() -> None:
    path = find_embedded_model()
    if path is None:
        pytest.skip("the embedded model is not installed: CHINWAG_TEST_EMBEDDED=1 scripts/test installs it")
    server = EmbeddedServer(path)
    *said, last = ask(server, request("What is the capital of France?"))
    assert "Paris" in text_of(said)
    assert last["done_reason"] == "stop"
    assert last["load_duration"] > 0
    assert last["eval_count"] >= len(said)
    assert server.close(PATIENCE)

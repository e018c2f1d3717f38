"""`chinwag models`: what a server has, for people and for programs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TextIO

from protocol.errors import Category, ChinwagError, ConnectionLost, InterfaceError, ServerUnreachable
from protocol.json_text import json_text
from protocol.model_words import card_words, model_line, running_words, size_words, unfit_name
from protocol.models import InstalledModel, ServerSurvey, same_model
from protocol.models_export import done_document, model_document, models_document
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_errors import error_in_progress
from protocol.ollama_store import decode_work_line
from protocol.progress import Progress, WorkError, WorkFrame, concealed
from protocol.retry import RetryPolicy, is_garbled
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    LoadModel,
    ModelCard,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)
from ui.exit_status import DONE, FAILED, INTERRUPTED
from ui.models_arguments import ModelsOptions
from ui.progress_bars import Bars, Events, Lines, Meter, flat_line
from ui.sanitiser import sanitise

RETRIES = RetryPolicy(attempts=10, base=1.0, cap=30.0)
"""Of attempts at a pull that bring nothing."""
_MOST_GARBLED = 3
_DOUBLINGS = 4
_MOST_LINE_BYTES = 1024 * 1024


class Body(Protocol):
    """What is said of a work as it comes: lines of JSON, cut anywhere."""

    conceal: Callable[[str], str]
    """Takes out of the server's words what it has been told in secret."""

    def __iter__(self) -> Iterator[bytes]:
        """The pieces. What goes wrong raises ChinwagError."""
        ...


class Store(Protocol):
    """What this face asks of a server. All of it blocks, and raises ChinwagError."""

    def survey(self) -> ServerSurvey:
        """Look at the server; one that cannot be used is a result."""
        ...

    def ask(self, question: StoreQuestion) -> ModelCard | None:
        """Ask something short."""
        ...

    def work(self, work: StoreWork, patience: float = 1.0) -> AbstractContextManager[Body]:
        """Have something done that takes long."""
        ...


class Models:
    """One run of the command.

    `complain` takes a sentence for standard error; `clock` tells seconds that never go back, `sleep` waits for some,
    `chance` draws from [0, 1). Raises InterfaceError for wrong usage, and OSError where nothing more can be written.
    """

    def __init__(
        self,
        store: Store,
        stdin: TextIO | None,
        out: TextIO,
        complain: Callable[[str], None],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._stdin = stdin
        self._out = out
        self._complain = complain
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    def run(self, options: ModelsOptions) -> int:
        """Do what was asked for, and return the exit status."""
        for name in options.names:
            if unfit_name(name):
                raise InterfaceError(unfit_name(name), "Name a model as in llama3.2:3b.")
        try:
            return self._act(options)
        except InterfaceError:
            raise
        except ChinwagError as error:
            self._complain(str(error))
            return FAILED
        except KeyboardInterrupt:
            self._complain("Interrupted." + (_GO_ON if options.action == "pull" else ""))
            return INTERRUPTED

    def _act(self, options: ModelsOptions) -> int:
        match options.action:
            case "list" | "ps":
                return self._list(options)
            case "show":
                self._show(options)
                return DONE
            case "rm":
                return self._remove(options)
            case "cp":
                source, destination = options.names
                return self._ask(options, CopyModel(source, destination), f"{source} is called {destination} as well.")
            case "stop":
                return max(self._ask(options, UnloadModel(name), f"{name} is unloaded.") for name in options.names)
            case _:
                return max(self._work(options, name) for name in options.names)

    def _list(self, options: ModelsOptions) -> int:
        survey = self._store.survey()
        if survey.failure is not None:
            self._complain(str(survey.failure))
            return FAILED
        if options.as_json:
            self._out.write(json_text(models_document(survey)))
        elif options.action == "ps":
            self._print(running_words(survey))
        elif survey.models:
            self._print("\n".join(_listed(one, survey) for one in survey.models))
        else:
            self._complain(f"There is no model on {survey.server} yet. Get one with: chinwag models pull NAME")
        return DONE

    def _show(self, options: ModelsOptions) -> None:
        (name,) = options.names
        card = self._store.ask(AskDetails(name, options.verbose))
        assert card is not None
        if options.as_json:
            self._out.write(json_text(model_document(card)))
        else:
            self._print(card_words(card, options.part))

    def _remove(self, options: ModelsOptions) -> int:
        if not options.yes and not self._confirm(options):
            self._complain("Nothing is deleted.")
            return FAILED
        status = DONE
        for name in options.names:
            try:
                self._ask(options, DeleteModel(name), f"{name} is deleted.")
            except ChinwagError as error:
                self._complain(f"{name} is not deleted. {error}")
                status = FAILED
        return status

    def _confirm(self, options: ModelsOptions) -> bool:
        """Ask on a terminal. Raises InterfaceError where nobody can be asked."""
        if self._stdin is None or not self._stdin.isatty() or not self._out.isatty():
            raise InterfaceError("Nothing is deleted without being asked for.", "Say --yes.")
        installed = self._store.survey().models
        sizes = {name: next((one.size for one in installed if same_model(one.name, name)), 0) for name in options.names}
        named = ", ".join(f"{name} ({size_words(size)})" if size else name for name, size in sizes.items())
        self._out.write(f"{flat_line(f'Delete {named}?')} [y/N] ")
        self._out.flush()
        return self._stdin.readline().strip().lower() in ("y", "yes")

    def _ask(self, options: ModelsOptions, question: StoreQuestion, words: str) -> int:
        self._store.ask(question)
        model = question.destination if isinstance(question, CopyModel) else question.name
        self._out.write(json_text(done_document(options.action, model)) if options.as_json else f"{flat_line(words)}\n")
        self._out.flush()
        return DONE

    def _work(self, options: ModelsOptions, name: str) -> int:
        match options.action:
            case "warm":
                self._finish(LoadModel(name, options.keep_alive), Silent(name), 1.0)
                done = json_text(done_document("warm", name))
                self._out.write(done if options.as_json else f"{flat_line(name)} is loaded.\n")
                self._out.flush()
                return DONE
            case "create":
                work: StoreWork = CreateModel(name, options.file, options.quantize)
                words = f"{name} is made"
            case _:
                work, words = PullModel(name, options.insecure), f"{name} is pulled"
        return self._metered(work, self._meter(options, name), words)

    def _meter(self, options: ModelsOptions, name: str) -> Meter:
        if options.as_json:
            return Events(name, self._out, self._clock)
        return Bars(name, self._out, self._clock) if self._out.isatty() else Lines(name, self._out)

    def _metered(self, work: StoreWork, meter: Meter, words: str) -> int:
        """Do it, a pull again and again while that may help."""
        progress, fruitless = Progress(), 0
        while True:
            watched = _Watched(work.name, meter, progress)
            try:
                self._finish(work, watched, 2.0 ** min(fruitless, _DOUBLINGS))
            except InterfaceError:
                raise
            except ChinwagError as error:
                fruitless = 1 if watched.progress.completed > progress.completed else fruitless + 1
                progress = watched.progress
                if not _may_retry(work, error, fruitless):
                    meter.end("", str(error))
                    self._complain(f"{work.name}: {error}")
                    return FAILED
                delay = RETRIES.delay(fruitless, self._chance())
                meter.retry(error.failure.summary, delay)
                self._sleep(delay)
            else:
                meter.end(words)
                return DONE

    def _finish(self, work: StoreWork, meter: "Watched", patience: float) -> None:
        """Read one answer to its end."""
        decoder = NdjsonDecoder(decode_work_line, _MOST_LINE_BYTES)
        with self._store.work(work, patience) as body:
            for data in body:
                if _taken(decoder.feed(data), meter, body.conceal):
                    return
                decoder.raise_fault()
            if _taken(decoder.flush(), meter, body.conceal):
                return
            raise ConnectionLost("The server's answer ended before it was done.", "What came of it is kept there.")

    def _print(self, text: str) -> None:
        self._out.write(f"{sanitise(text)}\n")
        self._out.flush()


class Watched(Protocol):
    """Takes the lines of one attempt."""

    def take(self, frame: WorkFrame) -> bool:
        """Take one; True for the last."""
        ...


class Silent:
    """Satisfies `Watched`, and shows nothing."""

    def __init__(self, model: str) -> None:
        self._model = model

    def take(self, frame: WorkFrame) -> bool:
        """Take one. Raises ServerRefusal where it is an error."""
        return _done(frame, self._model)


class _Watched:
    def __init__(self, model: str, meter: Meter, progress: Progress) -> None:
        self._model = model
        self._meter = meter
        self.progress = progress

    def take(self, frame: WorkFrame) -> bool:
        done = _done(frame, self._model)
        if not isinstance(frame, WorkError):
            self.progress = self.progress.after(frame)
            self._meter.show(self.progress)
        return done


_GO_ON = " The same command goes on where it was."


def _done(frame: WorkFrame, model: str) -> bool:
    if isinstance(frame, WorkError):
        raise error_in_progress(frame.words, model)
    return frame.done


def _taken(frames: list[WorkFrame], meter: Watched, conceal: Callable[[str], str]) -> bool:
    return any(meter.take(concealed(frame, conceal)) for frame in frames)


def _may_retry(work: StoreWork, error: ChinwagError, fruitless: int) -> bool:
    """Only a pull is gone on with; a server that was never there is not waited for."""
    if not isinstance(work, PullModel):
        return False
    if error.category is Category.NETWORK:
        unreachable = error.failure.kind == ServerUnreachable.__name__
        return fruitless < (_MOST_GARBLED if unreachable else RETRIES.attempts)
    return is_garbled(error.failure) and fruitless < _MOST_GARBLED


def _listed(model: InstalledModel, survey: ServerSurvey) -> str:
    return flat_line(model_line(model, survey))

"""`chinwag models`: what a server has, for people and for programs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TextIO

from protocol.errors import ChinwagError, InterfaceError
from protocol.json_text import json_text
from protocol.model_words import (
    answered_words,
    card_words,
    model_line,
    refused_words,
    running_words,
    size_words,
    unfit_name,
)
from protocol.models import InstalledModel, ServerSurvey, same_model
from protocol.models_export import done_document, model_document, models_document
from protocol.progress import Progress, WorkLine
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
from protocol.work_lines import work_lines
from protocol.work_retry import RETRIES, fruitless_after, may_retry, patience_after
from ui.exit_status import DONE, FAILED, INTERRUPTED
from ui.models_arguments import ModelsOptions
from ui.progress_bars import Bars, Events, Lines, Meter, flat_line
from ui.sanitiser import sanitise

_GO_ON = " The same command goes on where it was."


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
                return self._ask(options, CopyModel(*options.names))
            case "stop":
                return max(self._ask(options, UnloadModel(name)) for name in options.names)
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
        for question in map(DeleteModel, options.names):
            try:
                self._ask(options, question)
            except ChinwagError as error:
                self._complain(f"{refused_words(question)} {error}")
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

    def _ask(self, options: ModelsOptions, question: StoreQuestion) -> int:
        self._store.ask(question)
        model = question.destination if isinstance(question, CopyModel) else question.name
        return self._done(options, model, answered_words(question))

    def _done(self, options: ModelsOptions, model: str, words: str) -> int:
        self._out.write(json_text(done_document(options.action, model)) if options.as_json else f"{flat_line(words)}\n")
        self._out.flush()
        return DONE

    def _work(self, options: ModelsOptions, name: str) -> int:
        match options.action:
            case "warm":
                self._finish(LoadModel(name, options.keep_alive), lambda _: None, 1.0)
                return self._done(options, name, f"{name} is loaded.")
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
        """Do it, a pull again and again while that may help; for a server that was never there it is not waited."""
        progress, fruitless = Progress(), 0
        while True:
            watched = _Watched(meter, progress)
            try:
                self._finish(work, watched.take, patience_after(fruitless))
            except InterfaceError:
                raise
            except ChinwagError as error:
                fruitless = fruitless_after(fruitless, watched.progress.completed > progress.completed)
                progress = watched.progress
                if not may_retry(work, error.failure, fruitless, waits=False):
                    meter.end("", str(error))
                    self._complain(f"{work.name}: {error}")
                    return FAILED
                delay = RETRIES.delay(fruitless, self._chance())
                meter.retry(error.failure.summary, delay)
                self._sleep(delay)
            else:
                meter.end(words)
                return DONE

    def _finish(self, work: StoreWork, take: Callable[[WorkLine], None], patience: float) -> None:
        """Read one answer to its end."""
        with self._store.work(work, patience) as body:
            for lines in work_lines(body, work.name, body.conceal):
                for line in lines:
                    take(line)

    def _print(self, text: str) -> None:
        self._out.write(f"{sanitise(text)}\n")
        self._out.flush()


class _Watched:
    """How far one attempt has come, shown as it comes."""

    def __init__(self, meter: Meter, progress: Progress) -> None:
        self._meter = meter
        self.progress = progress

    def take(self, line: WorkLine) -> None:
        self.progress = self.progress.after(line)
        self._meter.show(self.progress)


def _listed(model: InstalledModel, survey: ServerSurvey) -> str:
    return flat_line(model_line(model, survey))

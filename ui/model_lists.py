"""The lists of models that open over the transcript: what there is, what can be done with one, and whether to."""

from collections.abc import Callable
from functools import partial

from protocol.commands import Command
from protocol.commands import Model as ChooseModel
from protocol.model_commands import Load, LookAtModels, ModelPart, Pull, Remove, ShowModel, StopPull, Unload
from protocol.model_words import capability_words, job_words, memory_words, size_words, until_words
from protocol.models import InstalledModel, ServerSurvey, same_model
from ui.chooser import Choice, Chooser
from ui.model import Model
from ui.moment import describe_moment
from ui.pacer import Clock

_NO_MODELS = "no model is known: is the server there?"
_PARTS = {
    ModelPart.LICENSE: "show its license",
    ModelPart.TEMPLATE: "show its template",
    ModelPart.SYSTEM: "show its system prompt",
    ModelPart.PARAMETERS: "show the parameters it sets",
    ModelPart.MODELFILE: "show its Modelfile",
}


class ModelLists:
    """UI thread only. `open` shows a list, `close` takes it away, `submit` sends a command, `write` puts the beginning
    of one where one writes. `wall_clock` tells seconds since 1970."""

    def __init__(
        self,
        model: Model,
        open_: Callable[[Chooser], None],
        close: Callable[[], None],
        submit: Callable[[Command], None],
        write: Callable[[str], None],
        wall_clock: Clock,
    ) -> None:
        self._model = model
        self._open = open_
        self._close = close
        self._submit = submit
        self._write = write
        self._now = wall_clock
        self._shown: Chooser | None = None
        self._seen: tuple[ServerSurvey | None, int] = (None, 0)

    def models(self) -> None:
        """List the models, what is pulled, and a way to get more; the server is looked at again meanwhile."""
        self._shown = self._list("")
        self._seen = self._state()
        self._open(self._shown)
        self._submit(LookAtModels())

    def refresh(self) -> None:
        """Show what is new, if the list of models is shown."""
        if self._shown is not None and self._state() != self._seen:
            known, self._seen = bool(self._seen[0] and self._seen[0].models), self._state()
            if known:
                self._shown.offer(self._choices())
            else:  # the mark is on the only row, which now is the last
                self._shown = self._list(self._shown.words)
                self._open(self._shown)

    def forget(self) -> None:
        """Another list is shown, or none."""
        self._shown = None

    def confirm(self, name: str) -> None:
        """Ask whether a model is to be deleted; the mark is on the answer that does nothing."""
        size = next((size_words(one.size) for one in self._installed() if same_model(one.name, name)), "")
        choices = [
            Choice("no, keep it", lambda: None),
            Choice("yes, delete it", lambda: self._submit(Remove(name, sure=True)), size),
        ]
        self._open(Chooser(f"Delete {name} for good", choices, self._leave))

    def actions(self, model: InstalledModel) -> None:
        """List what can be done with a model."""
        name = model.name
        loaded = self._model.survey is not None and self._model.survey.running_model(name) is not None
        memory = Unload(name) if loaded else Load(name)
        choices = [
            Choice("use it in this chat", self._using(name)),
            Choice("show what is known of it", lambda: self._submit(ShowModel(name=name))),
            Choice("take it out of memory" if loaded else "bring it into memory", lambda: self._submit(memory)),
            Choice("pull it again, for what is new", lambda: self._submit(Pull(name))),
            Choice("give it another name as well", lambda: self._write(f"/cp {name} ")),
            Choice("delete it", lambda: self.confirm(name), size_words(model.size)),
            *(Choice(words, self._showing(part, name)) for part, words in _PARTS.items()),
        ]
        self._open(Chooser(name, choices, self._leave))

    def _list(self, words: str) -> Chooser:
        return Chooser("Models", self._choices(), self._leave, _NO_MODELS, words)

    def _leave(self) -> None:
        self._shown = None
        self._close()

    def _using(self, name: str) -> Callable[[], None]:
        return lambda: self._submit(ChooseModel(name))

    def _showing(self, part: ModelPart, name: str) -> Callable[[], None]:
        return lambda: self._submit(ShowModel(part, name))

    def _state(self) -> tuple[ServerSurvey | None, int]:
        """What the list is made of: how far a pull is goes into the status line, not into every frame of a list."""
        return self._model.survey, len(self._model.jobs.under_way)

    def _installed(self) -> tuple[InstalledModel, ...]:
        return self._model.survey.models if self._model.survey is not None else ()

    def _choices(self) -> list[Choice]:
        here = self._model.servers.resolve(self._model.shown.server)
        jobs = self._model.jobs.under_way.values()
        pulls = [job for job in jobs if job.server == here and job.may_be_stopped]
        more = "get another model" if self._installed() else "get a model"
        return [
            *self._trouble(),
            *(self._choice(one) for one in self._installed()),
            *(Choice(job_words(job), self._stopping(job.model), "stop it") for job in pulls),
            *([Choice(more, lambda: self._write("/pull "), "/pull NAME")] if self._managed else []),
        ]

    def _trouble(self) -> list[Choice]:
        """Why nothing is known of a server's models, where it was looked at."""
        failure = self._model.survey.failure if self._model.survey is not None else None
        return [] if failure is None else [Choice(failure.summary, self.models, "look again", failure.advice)]

    @property
    def _managed(self) -> bool:
        """False where the server has models, and no more can be done with one than to use it."""
        return self._model.survey is None or self._model.survey.manages_models

    def _stopping(self, name: str) -> Callable[[], None]:
        return lambda: self._submit(StopPull(name))

    def _choice(self, model: InstalledModel) -> Choice:
        running = self._model.survey.running_model(model.name) if self._model.survey is not None else None
        facts = [model.family, model.parameter_size, model.quantization, capability_words(model.capabilities)]
        sizes = [size_words(model.size), self._when(model)]
        loaded = "" if running is None else f"loaded: {memory_words(running)} {until_words(running.expires)}".rstrip()
        below = "  ".join(filter(None, [*facts, loaded]))
        mark = " *" if model.name == self._model.shown.model else ""
        chosen = partial(self.actions, model) if self._managed else self._using(model.name)
        return Choice(f"{model.name}{mark}", chosen, "  ".join(filter(None, sizes)), below)

    def _when(self, model: InstalledModel) -> str:
        try:
            return describe_moment(model.modified, self._now()) if model.modified is not None else ""
        except (ValueError, OverflowError, OSError):
            return ""

"""Models, and what is known of the server that has them."""

from protocol.errors import Failure
from protocol.message import Message, Value

_NAMED = 20
_NAME = 100
"""Characters of a name that are shown in a sentence."""
VISION = "vision"
"""The capability of a model that sees images, as Ollama calls it."""
_LOAD_THERE = "Load one there."
_USUAL_PLACES = ("registry.ollama.ai/", "library/")


class InstalledModel(Value, frozen=True):
    """A model that the server can run."""

    name: str
    size: int = 0
    """Bytes."""
    family: str = ""
    parameter_size: str = ""
    quantization: str = ""
    capabilities: tuple[str, ...] = ()
    modified: float | None = None
    """Seconds since 1970."""
    digest: str = ""
    context_length: int | None = None
    """Tokens that it can read at most."""


class RunningModel(Value, frozen=True):
    """A model that the server has loaded."""

    name: str
    size: int = 0
    """Bytes of memory."""
    context_length: int | None = None
    """Tokens."""
    size_vram: int = 0
    """Bytes of that memory which a graphics processor has."""
    expires: float | None = None
    """When it is unloaded if nobody asks it anything: seconds since 1970."""
    digest: str = ""


class ServerSurvey(Value, frozen=True):
    """What one look at the server found."""

    server: str
    """Its address, or the embedded model's name, as it is shown."""
    version: str = ""
    models: tuple[InstalledModel, ...] = ()
    running: tuple[RunningModel, ...] | None = None
    """None where the server does not say what it runs."""
    failure: Failure | None = None
    """Why it cannot be used now; None when it answers."""
    notice: str = ""
    """What a user must know of this server, such as that it is a small demo model."""
    caption: str = ""
    """The same in two or three words, for a status line."""
    heeds_parameters: bool = True
    """What is set for requests is heeded."""
    manages_models: bool = True
    """Models can be shown, pulled, loaded and deleted there."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the installed models."""
        return tuple(model.name for model in self.models)

    def running_model(self, name: str) -> RunningModel | None:
        """The loaded model of this name, as people or the server write it; None if it is not known to be loaded."""
        wanted = full_name(name)
        return next((model for model in self.running or () if full_name(model.name) == wanted), None)

    def installed(self, name: str) -> InstalledModel | None:
        """The model of this name, as people or the server write it; None if it is not known to be there."""
        wanted = full_name(name)
        return next((model for model in self.models if full_name(model.name) == wanted), None)

    def is_without(self, name: str) -> bool:
        """Tell whether the server said which models it has, and this one was not among them."""
        return self.failure is None and self.installed(name) is None

    def is_blind(self, name: str) -> bool:
        """Tell whether the server said what a model can do, and to see was not among it."""
        model = self.installed(name)
        return model is not None and bool(model.capabilities) and VISION not in model.capabilities

    def lacks(self, name: str) -> bool:
        """Tell whether the server said what it runs, and this model was not among it."""
        return self.running is not None and self.running_model(name) is None


class ModelChosen(Message, frozen=True):
    """There is a model to use."""

    name: str


class ModelUnclear(Message, frozen=True):
    """The user must be asked."""

    question: str
    names: tuple[str, ...]


ModelChoice = ModelChosen | ModelUnclear


def list_names(names: tuple[str, ...]) -> str:
    """Return the names for a sentence; of very many, only how many more there are, of a very long one the beginning."""
    more = len(names) - _NAMED
    named = ", ".join(map(in_a_line, names[:_NAMED]))
    return named if more <= 0 else f"{named} and {more:,} more"


def in_a_line(name: str) -> str:
    """Return a server's name of a model as it stands in a sentence or a list: in one line, and not too long."""
    line = " ".join(name.split())
    return line if len(line) <= _NAME else f"{line[: _NAME - 3]}..."


def choose_model(survey: ServerSurvey, last_used: str | None) -> ModelChoice:
    """Choose where the user named none: the one used last if it is still there, else the only one, else ask."""
    names = survey.names
    if last_used in names:
        return ModelChosen(last_used)
    if len(names) == 1:
        return ModelChosen(names[0])
    if not names:
        return ModelUnclear(describe_emptiness(survey), ())
    return ModelUnclear(f"Which model? {survey.server} has: {list_names(names)}.", names)


def describe_emptiness(survey: ServerSurvey) -> str:
    """Say that a server has no model, and how to get one, in a chat and on the command line."""
    how = "Get one with /pull NAME (in a shell: chinwag models pull NAME)." if survey.manages_models else _LOAD_THERE
    return f"There is no model on {survey.server} yet. {how}"


def same_model(one: str, other: str) -> bool:
    """Tell whether two names, as people or the server write them, are of one model."""
    return full_name(one) == full_name(other)


def full_name(name: str) -> str:
    """Return one spelling for all: Ollama takes names in any case, without the usual tag, and with its own registry."""
    short = name.lower()
    for place in _USUAL_PLACES:
        short = short.removeprefix(place)
    return short if ":" in short.rpartition("/")[2] else f"{short}:latest"

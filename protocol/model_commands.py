"""What a user may ask for that is about models, and how it is typed."""

from enum import StrEnum

from protocol.message import Message


class ModelPart(StrEnum):
    """What may be shown of a model, as in `ollama run`."""

    INFO = "info"
    LICENSE = "license"
    MODELFILE = "modelfile"
    PARAMETERS = "parameters"
    SYSTEM = "system"
    TEMPLATE = "template"


class Models(Message, frozen=True):
    """List the models of the server, after a fresh look."""


class LookAtModels(Message, frozen=True):
    """Look at the server again, and say nothing: a list on the screen does. No text does this."""


class ShowModel(Message, frozen=True):
    """Show a part of what is known of a model; of that of the conversation if none is named."""

    part: ModelPart = ModelPart.INFO
    name: str = ""


class Running(Message, frozen=True):
    """Show which models are loaded."""


class Pull(Message, frozen=True):
    """Get a model."""

    name: str
    insecure: bool = False


class Pulls(Message, frozen=True):
    """Show how far the pulls are."""


class StopPull(Message, frozen=True):
    """Stop a pull; what came of it stays at the server."""

    name: str


class Remove(Message, frozen=True):
    """Delete a model."""

    name: str
    sure: bool = False
    """It was asked whether it is meant, and it is."""


class Copy(Message, frozen=True):
    """Give a model another name as well."""

    source: str
    destination: str


class Load(Message, frozen=True):
    """Bring a model into memory; that of the conversation if none is named."""

    name: str = ""
    quiet: bool = False
    """Somebody has begun to write: nothing is said of it. A model that is loaded is left alone."""


class Unload(Message, frozen=True):
    """Take a model out of memory; that of the conversation if none is named."""

    name: str = ""


class Create(Message, frozen=True):
    """Make a model of a Modelfile."""

    name: str
    file: str


ModelCommand = (
    Models | LookAtModels | ShowModel | Running | Pull | Pulls | StopPull | Remove | Copy | Load | Unload | Create
)

_STOP = "stop"
_INSECURE = "--insecure"


def parse_pull(rest: str) -> ModelCommand | None:
    """Parse what follows `/pull`."""
    match rest.split():
        case []:
            return Pulls()
        case ["stop", name]:
            return StopPull(name)
        case ["--insecure", name] | [name, "--insecure"]:
            return Pull(name, insecure=True)
        case [name] if name != _STOP and name != _INSECURE:
            return Pull(name)
        case _:
            return None


def parse_remove(rest: str) -> ModelCommand | None:
    """Parse what follows `/rm`."""
    match rest.split():
        case [name]:
            return Remove(name)
        case [name, "yes"]:
            return Remove(name, sure=True)
        case _:
            return None


def parse_copy(rest: str) -> ModelCommand | None:
    """Parse what follows `/cp`."""
    words = rest.split()
    return Copy(*words) if len(words) == 2 else None


def parse_load(rest: str) -> ModelCommand | None:
    """Parse what follows `/load`."""
    return None if len(rest.split()) > 1 else Load(rest)


def parse_unload(rest: str) -> ModelCommand | None:
    """Parse what follows `/unload`."""
    return None if len(rest.split()) > 1 else Unload(rest)


def parse_create(rest: str) -> ModelCommand | None:
    """Parse what follows `/create`: a file may have blanks in its name."""
    name, _, file = rest.partition(" ")
    return Create(name, file.strip()) if file.strip() else None

"""A server's store of models: what may be asked of it, what takes it long, and what it says of a model."""

from enum import StrEnum
from typing import NewType

from protocol.errors import Failure
from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.message import Message, Value
from protocol.parameters import Option
from protocol.progress import Progress

JobId = NewType("JobId", str)
"""Names something that a store does and that takes long."""


class AskDetails(Message, frozen=True):
    """What is known of a model. `verbose` has the tokens and the merges of its vocabulary told as well."""

    name: str
    verbose: bool = False


class DeleteModel(Message, frozen=True):
    """Remove a model, and those of its layers that no other has."""

    name: str


class CopyModel(Message, frozen=True):
    """Give a model another name as well."""

    source: str
    destination: str


class UnloadModel(Message, frozen=True):
    """Take a model out of memory."""

    name: str


class PullModel(Message, frozen=True):
    """Get a model from its registry; a pull that was broken off is gone on with."""

    name: str
    insecure: bool = False
    """Take it from a registry without TLS, or with a certificate that nobody trusts."""


class LoadModel(Message, frozen=True):
    """Bring a model into memory."""

    name: str
    keep_alive: str = ""
    """How long it stays there, as Ollama writes it (`10m`, `-1`); empty for what the server is set to."""
    options: tuple[Option, ...] = ()
    """What it is loaded with, where that is set."""


class CreateModel(Message, frozen=True):
    """Make a model of the parts that a Modelfile names."""

    name: str
    file: str
    """Where the Modelfile is."""
    quantize: str = ""
    """Such as `q4_K_M`; empty to leave the weights as they are."""


StoreQuestion = AskDetails | DeleteModel | CopyModel | UnloadModel
"""Done within a short time limit."""
StoreWork = PullModel | LoadModel | CreateModel
"""Takes as long as it takes."""


class Part(Value, frozen=True):
    """A message that a Modelfile puts before every chat."""

    role: str
    content: str


class Blueprint(Value, frozen=True):
    """The parts of a Modelfile (modelfile.md)."""

    base: str
    """The model that it begins with."""
    system: str = ""
    template: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names and values as written; each `stop` is one more text, of anything else the last value holds."""
    licenses: tuple[str, ...] = ()
    messages: tuple[Part, ...] = ()
    renderer: str = ""
    """What makes a prompt of messages, in place of the template."""
    parser: str = ""
    """What reads the model's output."""


class Fact(Value, frozen=True):
    """Something that the file of a model says of it."""

    name: str
    text: str


class ModelCard(Value, frozen=True):
    """What a server says of a model."""

    name: str
    family: str = ""
    parameter_size: str = ""
    quantization: str = ""
    format: str = ""
    parent: str = ""
    """The model that it was made of."""
    capabilities: tuple[str, ...] = ()
    context_length: int | None = None
    """Tokens."""
    embedding_length: int | None = None
    modified: float | None = None
    """Seconds since 1970."""
    license: str = ""
    modelfile: str = ""
    parameters: str = ""
    """A line each, as Ollama sets them out."""
    template: str = ""
    system: str = ""
    info: tuple[Fact, ...] = ()
    """What its file says of it; lists are left out."""


class JobState(StrEnum):
    """Where something that takes long is."""

    RUNNING = "running"
    WAITING = "waiting"
    """It broke, and will be tried again."""
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """By the user."""


OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.STOPPED})


class Job(Value, frozen=True):
    """Something that a store does and that takes long, as it is now."""

    id: JobId
    work: StoreWork
    state: JobState = JobState.RUNNING
    progress: Progress = Progress()
    failure: Failure | None = None
    """Why it waits or failed."""
    delay: float = 0.0
    """Seconds until it is tried again."""
    server: ServerName = DEFAULT_SERVER
    """Whose store."""

    @property
    def model(self) -> str:
        """The model that it is about."""
        return self.work.name

    @property
    def may_be_stopped(self) -> bool:
        """Whether the user can stop it: a load cannot be."""
        return not isinstance(self.work, LoadModel)


class KeptPull(Value, frozen=True):
    """A pull that was not finished when the program ended."""

    server: str
    """Its address as a survey names it."""
    name: str
    insecure: bool = False

"""What `chinwag models --json` writes: documents, and events of a pull, for programs.

FORMAT, version 1. UTF-8, one JSON value a line. Every field is always there, in the order in which it stands in its
class; sizes are bytes, times are seconds since 1970, and null is what is not known.

- `list` and `ps` write a `ModelsDocument`; `show` writes a `ModelDocument`.
- `rm`, `cp`, `stop` and `warm` write a `DoneDocument` for each model.
- `pull` and `create` write a `WorkEvent` a line, a few a second: `progress`, `retry`, and at the end `done` or
  `failed`. `layers` only grow, and no number in them ever gets less.

A reader takes no other version, and skips fields that it does not know.
"""

from protocol.message import Value
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.progress import Layer, Progress
from protocol.store import ModelCard

VERSION = 1


class ModelsDocument(Value, frozen=True):
    """What a server has."""

    format: str
    """Always `chinwag-models`."""
    version: int
    server: str
    server_version: str
    models: tuple[InstalledModel, ...]
    """In the server's order, the newest first."""
    running: tuple[RunningModel, ...] | None
    """Those that are loaded; null where the server does not say."""


class ModelDocument(Value, frozen=True):
    """What is known of a model."""

    format: str
    """Always `chinwag-model`."""
    version: int
    model: ModelCard


class DoneDocument(Value, frozen=True):
    """Something was done with a model."""

    format: str
    """Always `chinwag-models-done`."""
    version: int
    action: str
    """`rm`, `cp`, `stop` or `warm`."""
    model: str


class WorkEvent(Value, frozen=True):
    """How far a pull, or the making of a model, is."""

    event: str
    """`progress`, `retry`, `done` or `failed`."""
    version: int
    model: str
    status: str = ""
    """What is done, in the server's words."""
    layers: tuple[Layer, ...] = ()
    error: str = ""
    """Why it is tried again, or failed."""
    delay: float = 0.0
    """Seconds until it is tried again."""


def models_document(survey: ServerSurvey) -> ModelsDocument:
    """Return what a look at a server has found."""
    return ModelsDocument("chinwag-models", VERSION, survey.server, survey.version, survey.models, survey.running)


def model_document(card: ModelCard) -> ModelDocument:
    """Return what is known of a model."""
    return ModelDocument("chinwag-model", VERSION, card)


def done_document(action: str, model: str) -> DoneDocument:
    """Return that something was done."""
    return DoneDocument("chinwag-models-done", VERSION, action, model)


def work_event(event: str, model: str, progress: Progress, error: str = "", delay: float = 0.0) -> WorkEvent:
    """Return how far something is."""
    return WorkEvent(event, VERSION, model, progress.status, progress.layers, error, delay)

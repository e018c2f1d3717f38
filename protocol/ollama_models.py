"""Ollama's short answers: version, models there, models loaded (api.md)."""

import msgspec

from protocol.malformed import decode_answer
from protocol.models import InstalledModel, RunningModel
from protocol.quantity import moment, plausible

VERSION_PATH = "/api/version"
MODELS_PATH = "/api/tags"
RUNNING_PATH = "/api/ps"


# A null counts as not said, as in Ollama's own clients: hence `| None` on fields that have an empty value.
class _Details(msgspec.Struct):
    family: str | None = None
    parameter_size: str | None = None
    quantization_level: str | None = None
    context_length: int | None = None


class _Model(msgspec.Struct):
    name: str
    size: int | None = None
    details: _Details | None = None
    capabilities: list[str] | None = None
    context_length: int | None = None
    modified_at: str | None = None
    expires_at: str | None = None
    size_vram: int | None = None
    digest: str | None = None


class _Models(msgspec.Struct):
    models: list[_Model] | None = None


class _Version(msgspec.Struct):
    version: str


def decode_version(body: bytes) -> str:
    """Decode the answer of `/api/version`. Raises MalformedFrame."""
    return decode_answer(body, _Version, VERSION_PATH).version


def decode_models(body: bytes) -> tuple[InstalledModel, ...]:
    """Decode the answer of `/api/tags`, in the server's order: the newest first. Raises MalformedFrame."""
    return tuple(_installed(model) for model in decode_answer(body, _Models, MODELS_PATH).models or ())


def decode_running(body: bytes) -> tuple[RunningModel, ...]:
    """Decode the answer of `/api/ps`. Raises MalformedFrame."""
    models = decode_answer(body, _Models, RUNNING_PATH).models or ()
    return tuple(map(_running, models))


def _running(model: _Model) -> RunningModel:
    return RunningModel(
        model.name,
        plausible(model.size) or 0,
        plausible(model.context_length),
        plausible(model.size_vram) or 0,
        moment(model.expires_at),
        model.digest or "",
    )


def _installed(model: _Model) -> InstalledModel:
    details = model.details or _Details()
    return InstalledModel(
        model.name,
        plausible(model.size) or 0,
        details.family or "",
        details.parameter_size or "",
        details.quantization_level or "",
        tuple(model.capabilities or ()),
        moment(model.modified_at),
        model.digest or "",
        plausible(details.context_length),
    )

"""Ollama's short answers: version, models there, models loaded (api.md)."""

import msgspec

from protocol.errors import MalformedFrame
from protocol.malformed import decode_answer
from protocol.models import InstalledModel, RunningModel
from protocol.quantity import moment, plausible_number

VERSION_PATH = "/api/version"
MODELS_PATH = "/api/tags"
RUNNING_PATH = "/api/ps"


# A null counts as not said, as in Ollama's own clients: hence `| None` on fields that have an empty value.
class _Details(msgspec.Struct):
    family: str | None = None
    parameter_size: str | None = None
    quantization_level: str | None = None
    context_length: int | float | None = None


class _Model(msgspec.Struct):
    name: str
    size: int | float | None = None
    details: _Details | None = None
    capabilities: list[str] | None = None
    context_length: int | float | None = None
    modified_at: str | None = None
    expires_at: str | None = None
    size_vram: int | float | None = None
    digest: str | None = None


class _Models(msgspec.Struct):
    models: list[msgspec.Raw] | None = None


class _Version(msgspec.Struct):
    version: str


def decode_version(body: bytes) -> str:
    """Decode the answer of `/api/version`. Raises MalformedFrame."""
    return decode_answer(body, _Version, VERSION_PATH).version


def decode_models(body: bytes) -> tuple[InstalledModel, ...]:
    """Decode the answer of `/api/tags`, in the server's order: the newest first. Raises MalformedFrame."""
    return tuple(map(_installed, _models(body, MODELS_PATH)))


def decode_running(body: bytes) -> tuple[RunningModel, ...]:
    """Decode the answer of `/api/ps`. Raises MalformedFrame."""
    return tuple(map(_running, _models(body, RUNNING_PATH)))


def _models(body: bytes, path: str) -> list[_Model]:
    """Pass over an entry that makes no sense: the others can be used. Where none does, it is no list of models."""
    found, fault = list[_Model](), None
    for entry in decode_answer(body, _Models, path).models or ():
        try:
            found.append(decode_answer(bytes(entry), _Model, path))
        except MalformedFrame as error:
            fault = error
    if fault is not None and not found:
        raise fault
    return found


def _running(model: _Model) -> RunningModel:
    return RunningModel(
        model.name,
        plausible_number(model.size) or 0,
        plausible_number(model.context_length),
        plausible_number(model.size_vram) or 0,
        moment(model.expires_at),
        model.digest or "",
    )


def _installed(model: _Model) -> InstalledModel:
    details = model.details or _Details()
    return InstalledModel(
        model.name,
        plausible_number(model.size) or 0,
        details.family or "",
        details.parameter_size or "",
        details.quantization_level or "",
        tuple(model.capabilities or ()),
        moment(model.modified_at),
        model.digest or "",
        plausible_number(details.context_length),
    )

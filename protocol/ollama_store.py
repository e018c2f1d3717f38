"""Ollama's store of models: the bodies of its requests, from show to unload, and their answers (api.md)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from protocol.chat import ChatRequest
from protocol.errors import MalformedFrame
from protocol.malformed import decode_answer, malformed
from protocol.ollama_chat import CHAT_PATH, encode_chat
from protocol.ollama_errors import unwrap_error
from protocol.parameters import Parameters
from protocol.progress import WorkError, WorkFrame, WorkLine
from protocol.quantity import moment, plausible, plausible_number
from protocol.store import (
    AskDetails,
    Blueprint,
    CopyModel,
    CreateModel,
    DeleteModel,
    Fact,
    LoadModel,
    ModelCard,
    PullModel,
    UnloadModel,
)
from protocol.text import encodable

SHOW_PATH = "/api/show"
PULL_PATH = "/api/pull"
DELETE_PATH = "/api/delete"
COPY_PATH = "/api/copy"
CREATE_PATH = "/api/create"
LOAD_PATH = CHAT_PATH
UNLOAD_PATH = "/api/generate"

MAX_SHOWN = 256 * 1024
"""Characters of a licence, a template or a Modelfile that are kept."""
_MOST_FACTS = 500
_MOST_FACT = 200
_NO_ERROR = frozenset({b"null", b'""'})
_SUCCESS = "success"


# A null counts as not said, as in Ollama's own clients: hence `| None` on fields that have an empty value.
class _Details(msgspec.Struct):
    parent_model: str | None = None
    format: str | None = None
    family: str | None = None
    parameter_size: str | None = None
    quantization_level: str | None = None


class _Card(msgspec.Struct):
    details: _Details | None = None
    model_info: dict[str, Any] | None = None
    capabilities: list[str] | None = None
    modified_at: str | None = None
    license: str | list[str] | None = None
    modelfile: str | None = None
    parameters: str | None = None
    template: str | None = None
    system: str | None = None


class _Work(msgspec.Struct):
    status: str | None = None
    digest: str | None = None
    total: int | float | None = None
    completed: int | float | None = None
    done: bool | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")


_work_decoder = msgspec.json.Decoder(_Work)


def encode_show(question: AskDetails) -> bytes:
    """Encode the body of `POST /api/show`."""
    return _body({"model": question.name, **({"verbose": True} if question.verbose else {})})


def encode_delete(question: DeleteModel) -> bytes:
    """Encode the body of `DELETE /api/delete`."""
    return _body({"model": question.name})


def encode_copy(question: CopyModel) -> bytes:
    """Encode the body of `POST /api/copy`."""
    return _body({"source": question.source, "destination": question.destination})


def encode_pull(work: PullModel) -> bytes:
    """Encode the body of `POST /api/pull`."""
    return _body({"model": work.name, "stream": True, **({"insecure": True} if work.insecure else {})})


def encode_create(work: CreateModel, parts: Blueprint) -> bytes:
    """Encode the body of `POST /api/create`. What a Modelfile does not have is not in it."""
    optional = {
        "system": parts.system,
        "template": parts.template,
        "parameters": _parameters(parts.parameters),
        "license": list(parts.licenses),
        "messages": [{"role": one.role, "content": encodable(one.content)} for one in parts.messages],
        "renderer": parts.renderer,
        "parser": parts.parser,
        "quantize": work.quantize,
    }
    said = {name: value for name, value in optional.items() if value}
    return _body({"model": work.name, "from": parts.base, **said, "stream": True})


def encode_load(work: LoadModel) -> bytes:
    """Encode a chat without messages, which loads a model and answers nothing ("Load a model")."""
    parameters = Parameters(work.options, keep_alive=work.keep_alive or None)
    return encode_chat(ChatRequest(encodable(work.name), (), stream=False, parameters=parameters))


def encode_unload(question: UnloadModel) -> bytes:
    """Encode a generation without a prompt that keeps the model for no time ("Unload a model")."""
    return _body({"model": question.name, "keep_alive": 0, "stream": False})


def decode_show(name: str, body: bytes) -> ModelCard:
    """Decode the answer of `/api/show` for the model of this name. Raises MalformedFrame."""
    card = decode_answer(body, _Card, SHOW_PATH)
    details, info = card.details or _Details(), card.model_info or {}
    license_ = "\n\n".join(card.license) if isinstance(card.license, list) else card.license
    family = details.family or _text(info.get("general.architecture"))
    return ModelCard(
        name,
        family,
        details.parameter_size or "",
        details.quantization_level or "",
        details.format or "",
        details.parent_model or "",
        tuple(card.capabilities or ()),
        _length(info, "context_length"),
        _length(info, "embedding_length"),
        moment(card.modified_at),
        _bounded(license_),
        _bounded(card.modelfile),
        _bounded(card.parameters),
        _bounded(card.template),
        _bounded(card.system),
        _facts(info),
    )


def decode_unloaded(body: bytes) -> None:
    """Check the answer to a load or an unload: it is said to be done. Raises MalformedFrame."""
    if not decode_answer(body, _Work, UNLOAD_PATH).done:
        raise MalformedFrame("The server did not say that it is done.", "Look with /ps, and try again.")


def decode_work_line(line: bytes) -> list[WorkFrame]:
    """Decode one line of what a store says while it works. Raises MalformedFrame for what is none.

    Numbers that cannot be count as not said: they are no reason to break off a pull of gigabytes.
    """
    try:
        wire = _work_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(line, str(error)) from error
    error_ = bytes(wire.error)
    if error_ not in _NO_ERROR:
        return [WorkError(unwrap_error(error_))]
    if wire.status is None and wire.done is None:
        raise _malformed(line, "neither a status, nor done, nor an error")
    status = wire.status or ""
    numbers = plausible_number(wire.total), plausible_number(wire.completed)
    return [WorkLine(status, (wire.digest or "")[:_MOST_FACT], *numbers, bool(wire.done) or status == _SUCCESS)]


def _parameters(written: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Return parameters as JSON has them: numbers and truth values are such, and the texts that stop a reply a list."""
    stops = [text for name, text in written if name == "stop"]
    return {name: stops if name == "stop" else _value(text) for name, text in written}


def _value(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if abs(number) < float("inf"):
            return number
    return text


def _length(info: Mapping[str, Any], name: str) -> int | None:
    """The architecture's own length: `llama.context_length`; those of an encoder for pictures have longer names."""
    of_architecture = f"{info.get('general.architecture')}.{name}"
    found = info.get(of_architecture)
    return plausible(found) if type(found) is int else None


def _facts(info: Mapping[str, Any]) -> tuple[Fact, ...]:
    simple = ((name, _text(value)) for name, value in sorted(info.items()))
    return tuple(Fact(name[:_MOST_FACT], text) for name, text in simple if text)[:_MOST_FACTS]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:_MOST_FACT] if isinstance(value, str | int | float) else ""


def _bounded(text: str | None) -> str:
    return (text or "")[:MAX_SHOWN]


def _body(fields: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({name: encodable(one) if isinstance(one, str) else one for name, one in fields.items()})


def _malformed(data: bytes, fault: str) -> MalformedFrame:
    return malformed(data, "a line that is none of Ollama's", fault)

"""What a user set for requests, in OpenAI's words; and what that dialect has no word for."""

from collections.abc import Mapping

import msgspec

from protocol.parameters import Option, Parameters

_SAME_NAME = frozenset({"temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty"})
_LIMIT = "num_predict"
_EFFORTS = frozenset({"low", "medium", "high"})
_SCHEMA_NAME = "reply"


def wire_parameters(parameters: Parameters) -> Mapping[str, object]:
    """Return the fields of a request. Nothing that the user did not set is in them."""
    wire = {name: value for option in parameters.options for name, value in _wire_option(option).items()}
    if parameters.format:
        wire["response_format"] = _wire_format(parameters.format)
    if (effort := _effort(parameters)) is not None:
        wire["reasoning_effort"] = effort
    return wire


def unsaid(parameters: Parameters) -> tuple[str, ...]:
    """Return the names of what is set and cannot be said, sorted."""
    names = [option.name for option in parameters.options if option.name not in _SAME_NAME and option.name != _LIMIT]
    if parameters.think is not None and _effort(parameters) is None:
        names.append("think")
    names += [name for name in ("keep_alive", "truncate", "shift") if getattr(parameters, name) is not None]
    return tuple(sorted(names))


def _wire_option(option: Option) -> Mapping[str, object]:
    """Ollama's 0, -1 and -2 for `num_predict` mean no limit, and so does saying nothing here."""
    if option.name == _LIMIT:
        limited = isinstance(option.value, int) and option.value > 0
        return {"max_tokens": option.value} if limited else {}
    return {option.name: option.value} if option.name in _SAME_NAME else {}


def _wire_format(text: str) -> Mapping[str, object]:
    if not text.lstrip().startswith("{"):
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": _SCHEMA_NAME, "schema": msgspec.Raw(text.encode())}}


def _effort(parameters: Parameters) -> str | None:
    if parameters.think is False:
        return "none"
    return parameters.think if isinstance(parameters.think, str) and parameters.think in _EFFORTS else None

"""Whether a reply fits the format that was asked for. The library is imported when the first one is to be checked."""

import logging
from typing import TYPE_CHECKING

import msgspec

from protocol.reply import Reply
from protocol.reply_format import ANY_JSON

if TYPE_CHECKING:
    from jsonschema_rs import Validator

logger = logging.getLogger(__name__)
_LONGEST = 300
"""Characters of a sentence."""
_STEPS = 100_000
"""That a pattern may take: some hundredths of a second."""
_KNOWN = frozenset(
    [
        *(f"http://json-schema.org/draft-{number}/schema" for number in ("04", "06", "07")),
        *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
    ]
)
"""Kinds of schemas."""
_MALFORMED = "JSON is malformed: "
_UNCHECKED = "The reply could not be checked against the schema"


def misfit(wanted: str, reply: Reply) -> str:
    """Say in what a whole reply does not fit a FormatText; empty where it does, and where none was asked for.

    Neither what a schema refers to elsewhere is fetched, nor does a pattern ever take long.
    """
    if not wanted or (reply.tool_calls and not reply.text):
        return ""
    try:
        value = msgspec.json.decode(reply.text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return f"The reply is not JSON: {_in_words(str(error).removeprefix(_MALFORMED))}."
    return "" if wanted == ANY_JSON else _misfit(wanted, value)


def check_schema(wanted: str) -> str:
    """Say why a FormatText is no schema by the rules of JSON Schema; empty where it is one."""
    if wanted in ("", ANY_JSON):
        return ""
    try:
        _validator(wanted)
    except ImportError as error:
        logger.warning("no schema can be checked: %s", error)
    except _faults() as error:
        return f"This is no JSON schema{_place(error)}: {_in_words(_message(error))}."
    return ""


def _misfit(wanted: str, value: object) -> str:
    try:
        faults = _validator(wanted).iter_errors(value)
        fault = next(iter(faults), None)
    except ImportError as error:
        logger.warning("no reply can be checked against its schema: %s", error)
        return ""
    except _faults() as error:
        return f"{_UNCHECKED}: {_in_words(_message(error))}."
    if fault is None:
        return ""
    return f"The reply does not fit the schema{_place(fault)}: {_in_words(fault.message)}."


def _validator(wanted: str) -> "Validator":
    """Raises what `_faults` returns. A schema may be of a kind that nobody knows: then it is taken for the latest."""
    import jsonschema_rs

    schema = msgspec.json.decode(wanted)
    bounded = jsonschema_rs.FancyRegexOptions(backtrack_limit=_STEPS)
    if str(schema.get("$schema", "")).rstrip("#") not in _KNOWN:
        schema.pop("$schema", None)
    return jsonschema_rs.validator_for(schema, pattern_options=bounded, mask="it", offline=True)


def _faults() -> tuple[type[Exception], ...]:
    import jsonschema_rs

    return (ValueError, TypeError, jsonschema_rs.ReferencingError)


def _message(error: Exception) -> str:
    message = getattr(error, "message", None)
    return message if isinstance(message, str) else str(error)


def _place(error: Exception) -> str:
    path = ".".join(str(part) for part in getattr(error, "instance_path", ()))
    return f" at {_in_words(path)}" if path else ""


def _in_words(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"

"""The `format` of a reply: JSON, or JSON that fits a schema, as Ollama takes it (api.md, "Structured outputs")."""

import msgspec

from protocol.options import Unfit

ANY_JSON = '"json"'
"""As it is sent."""
MAX_SCHEMA_BYTES = 64 * 1024
_HOW = "format takes json, a JSON schema (an object), or a file with one"


def check_format(text: str) -> str:
    """Return a format as it is sent, from `json` or the text of a schema. Raises Unfit, in words.

    What is a schema by its own rules only who validates, or the server, can tell.
    """
    written = text.strip()
    if written in ("json", ANY_JSON):
        return ANY_JSON
    if len(written.encode(errors="replace")) > MAX_SCHEMA_BYTES:
        raise Unfit(f"The schema has more than {MAX_SCHEMA_BYTES // 1024} KiB.")
    try:
        msgspec.json.decode(written, type=dict)
        return msgspec.json.format(written, indent=-1)
    except msgspec.ValidationError as error:
        raise Unfit(f"{_HOW}: this is JSON, but no object.") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unfit(f"{_HOW}: this is not JSON ({error}).") from error

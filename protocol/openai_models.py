"""The list of models of OpenAI's API, `GET /models`."""

import msgspec

from protocol.errors import MalformedFrame
from protocol.models import InstalledModel

MODELS_PATH = "/models"


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model] | None


def decode_models(body: bytes) -> tuple[InstalledModel, ...]:
    """Decode the list, in the server's order. Raises MalformedFrame.

    Servers say more of a model in ways of their own; only its name is the same everywhere.
    """
    try:
        models = msgspec.json.decode(body, type=_Models).data or ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedFrame(
            f"The server's answer to {MODELS_PATH} is not a list of models as OpenAI's is ({error}).",
            "Check that the address is that of a server that speaks as OpenAI's does, with /v1 at its end.",
        ) from error
    return tuple(InstalledModel(model.id) for model in models)

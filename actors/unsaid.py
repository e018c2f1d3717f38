"""Says once what a user set and a server cannot be told, so that it is not lost in silence."""

from protocol.address import Address
from protocol.identity import ConversationId
from protocol.openai_parameters import unsaid
from protocol.parameters import Parameters
from protocol.server_settings import Dialect
from protocol.ui import NoticePosted

_IN_VAIN = "The model inside chinwag heeds nothing that is set, servers do."


class Unsaid:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(self, ui: Address[NoticePosted]) -> None:
        self._ui = ui
        self._said: dict[ConversationId, str] = {}

    def check(
        self, conversation: ConversationId, parameters: Parameters, dialect: Dialect, heeded: bool = True
    ) -> None:
        """Say what of `parameters` the server will not hear of, unless that was said of the same before.

        `heeded`: who answers heeds any.
        """
        names = unsaid(parameters) if dialect is Dialect.OPENAI else ()
        words = _sentence(names) if names else ""
        if not heeded and not parameters.empty:
            words = _IN_VAIN
        if words != self._said.get(conversation, ""):
            self._said[conversation] = words
            if words:
                self._ui.tell(NoticePosted(conversation, words))


def _sentence(names: tuple[str, ...]) -> str:
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return f"{', '.join(names)} {are} not sent: a server that speaks as OpenAI's does has no word for {them}."

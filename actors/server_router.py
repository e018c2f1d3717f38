"""Several servers as one source of replies: each request goes to the one that it names."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager

from actors.cancel import CancelToken
from actors.source import ChatBody, Server
from protocol.chat import ChatRequest
from protocol.identity import ServerName
from protocol.models import ServerSurvey


class ServerRouter:
    """Satisfies `actors.source.Server`. What names none of the `others` goes to the default. Any thread."""

    def __init__(self, default: Server, others: Mapping[ServerName, Server]) -> None:
        self._default = default
        self._others = others

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`."""
        return self._others.get(request.server, self._default).open(request, cancel)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`: of the default."""
        return self._default.survey(cancel)

    def close(self, seconds: float) -> bool:
        """See `Server.close`: of all, within that time."""
        deadline = time.monotonic() + seconds
        everyone = (self._default, *self._others.values())
        late = [one for one in everyone if not one.close(max(0.0, deadline - time.monotonic()))]
        return not late

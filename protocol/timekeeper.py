"""What the Timekeeper accepts, and what it tells in time."""

from protocol.identity import ServerName, StreamId
from protocol.message import Message


class RetryDue(Message, frozen=True):
    """The back-off before this attempt is over."""

    stream: StreamId


class SurveyDue(Message, frozen=True):
    """Time to look at a server again."""

    server: ServerName = ServerName("")


class FlushDue(Message, frozen=True):
    """Time to commit the pieces of replies that wait to be."""


class RemindersLost(Message, frozen=True):
    """The Timekeeper failed, and goes on: one reminder may be lost. Whoever waits for one asks for it again."""


Reminder = RetryDue | SurveyDue | FlushDue | RemindersLost


class Remind(Message, frozen=True):
    """Tell `reminder` in `after` seconds to whom it is for."""

    after: float
    reminder: Reminder


class StopKeeping(Message, frozen=True):
    """Forget every reminder and end."""


TimekeeperMessage = Remind | StopKeeping

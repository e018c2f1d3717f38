"""What a face is told of models."""

from protocol.message import Message
from protocol.store import Job


class JobChanged(Message, frozen=True):
    """A pull, or another work that takes long, is this far now."""

    job: Job

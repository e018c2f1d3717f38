"""What the Librarian accepts."""

from protocol.message import Message


class SurveyServer(Message, frozen=True):
    """From the Coordinator: look whether the server answers, and which models it has and runs."""


class RememberModel(Message, frozen=True):
    """From the Coordinator: this model was used; propose it at the next start."""

    name: str


LibrarianMessage = SurveyServer | RememberModel

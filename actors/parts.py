"""What the Coordinator is made of, put together: all of it begins anew when the Coordinator does."""

from collections.abc import Callable
from dataclasses import dataclass

from actors.attempts import Attempts
from actors.branching import Branching
from actors.colleagues import Colleagues
from actors.compaction import Compaction
from actors.conversations import Conversations
from actors.model_loss import ModelLoss
from actors.model_questions import ModelQuestions
from actors.outbox import Outbox
from actors.server_watch import ServerWatch
from actors.turns import TurnBook
from protocol.settings import EngineSettings


@dataclass(frozen=True)
class Parts:
    """Owned by the Coordinator, and used in its thread only."""

    conversations: Conversations
    turns: TurnBook
    server: ServerWatch
    questions: ModelQuestions
    attempts: Attempts
    outbox: Outbox
    branching: Branching
    loss: ModelLoss
    compaction: Compaction


def make_parts(
    colleagues: Colleagues,
    settings: EngineSettings,
    new_id: Callable[[], str],
    chance: Callable[[], float],
) -> Parts:
    """Begin with nothing."""
    conversations = Conversations(colleagues.ui, new_id)
    turns = TurnBook(settings.limits.max_concurrent_streams)
    server = ServerWatch(colleagues.librarian, colleagues.timekeeper, settings.survey_interval)
    attempts = Attempts(colleagues, settings, chance, conversations, turns, server)
    outbox = Outbox(conversations, turns, colleagues.ui, attempts, server.look)
    branching = Branching(conversations, turns, outbox, colleagues.ui, new_id)
    loss = ModelLoss(conversations, turns, branching, outbox, server.look)
    questions = ModelQuestions(conversations, server.look, loss.choose)
    limit = settings.limits.max_message_history
    compaction = Compaction(conversations, branching, outbox, limit, new_id)
    return Parts(conversations, turns, server, questions, attempts, outbox, branching, loss, compaction)

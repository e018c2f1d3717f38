"""What the Coordinator is made of, put together: all of it begins anew when the Coordinator does."""

from collections.abc import Callable
from dataclasses import dataclass

from actors.answers import Answers
from actors.attempts import Attempts
from actors.branching import Branching
from actors.colleagues import Colleagues
from actors.compaction import Compaction
from actors.comparing import Comparing
from actors.comparison_book import ComparisonBook
from actors.contestants import Contestants
from actors.conversations import Conversations
from actors.dispatch import Dispatch
from actors.drawn_images import DrawnImages
from actors.model_loads import ModelLoads
from actors.model_loss import ModelLoss
from actors.model_questions import ModelQuestions
from actors.outbox import Outbox
from actors.parameter_desk import ParameterDesk
from actors.server_desk import ServerDesk
from actors.server_watches import ServerWatches
from actors.turns import TurnBook
from actors.unsaid import Unsaid
from protocol.identity import ConversationId
from protocol.settings import EngineSettings


@dataclass(frozen=True)
class Parts:
    """Owned by the Coordinator, and used in its thread only."""

    conversations: Conversations
    turns: TurnBook
    servers: ServerWatches
    questions: ModelQuestions
    attempts: Attempts
    outbox: Outbox
    branching: Branching
    loads: ModelLoads
    dispatch: Dispatch
    parameters: ParameterDesk
    server_desk: ServerDesk
    drawn: DrawnImages
    loss: ModelLoss
    compaction: Compaction
    comparing: Comparing


def make_parts(
    colleagues: Colleagues,
    settings: EngineSettings,
    new_id: Callable[[], str],
    chance: Callable[[], float],
) -> Parts:
    """Begin with nothing."""
    conversations = Conversations(colleagues.ui, new_id)
    turns = TurnBook()
    servers = ServerWatches(colleagues, settings)

    def look(conversation: ConversationId) -> None:
        servers.of(conversations[conversation].server).look()

    loads = ModelLoads(servers)
    unsaid = Unsaid(colleagues.ui)
    attempts = Attempts(colleagues, settings, chance, conversations, turns, servers, loads, unsaid)
    outbox = Outbox(conversations, turns, colleagues.ui, attempts, look)
    branching = Branching(conversations, turns, outbox, colleagues.ui, new_id, lambda server: servers.of(server).survey)
    loss = ModelLoss(conversations, turns, branching, outbox, servers)
    questions = ModelQuestions(conversations, look, loss.choose)
    parameters = ParameterDesk(conversations, servers, loads, questions, unsaid, settings.presets)
    dispatch = Dispatch(conversations, turns, servers, loads, settings.limits.max_concurrent_streams)
    desk = ServerDesk(conversations, turns, servers, attempts, loss.choose)
    drawn = DrawnImages(conversations, colleagues.input_handler)
    book = ComparisonBook(conversations, turns, colleagues.ui)
    compaction = Compaction(conversations, branching, outbox, book, settings.limits.max_message_history, new_id)
    answers, contestants = (
        Answers(book, conversations, turns, colleagues.ui),
        Contestants(servers.names, settings.presets),
    )
    talks = conversations, turns, outbox, branching, attempts
    comparing = Comparing(book, answers, contestants, *talks, colleagues.ui, new_id, chance)
    who = conversations, turns, servers, questions, attempts, outbox, branching, loads, dispatch
    return Parts(*who, parameters, desk, drawn, loss, compaction, comparing)

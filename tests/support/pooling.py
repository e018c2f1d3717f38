"""Three servers at a desk, two of them a pool unless more are named, and what is told of them."""

from msgspec.structs import replace

from protocol.coordinator import CoordinatorMessage, ServerSurveyed
from protocol.identity import ConversationId, ServerName, StreamId
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.turn import TurnState
from protocol.ui import NoticePosted, TurnMoved, TurnQueued, WaitReason
from tests.support.coordinating import MODEL, Desk

MILL, BARN, SHED = ServerName("mill"), ServerName("barn"), ServerName("shed")
HUGE = "huge:70b"
HAS_TINY = ServerSurvey("there", "1", (InstalledModel(MODEL),), ())
HAS_BOTH = replace(HAS_TINY, models=(InstalledModel(MODEL), InstalledModel(HUGE)))
RUNS_TINY = replace(HAS_BOTH, running=(RunningModel(MODEL),))
KEPT = ConversationId("kept")


def pool(*members: ServerName, **values: object) -> EngineSettings:
    """These are the pool, and it answers where nothing else is said; all three are there."""
    first, *others = (ServerSettings(name=name) for name in (MILL, BARN, SHED))
    fields = {"others": tuple(others), "pool": members or (MILL, BARN), "pooled": True, **values}
    return EngineSettings(first, **fields)  # type: ignore[arg-type]


def found(server: ServerName, survey: ServerSurvey = HAS_TINY) -> ServerSurveyed:
    """A look has found this."""
    return ServerSurveyed(survey, None, server)


def desk(
    conversations: int = 1, settings: EngineSettings | None = None, surveys: tuple[ServerSurvey, ...] = (HAS_TINY,) * 3
) -> Desk:
    """A desk at which this was found of the three."""
    made = Desk(conversations, settings=settings or pool())
    made.given(*map(found, (MILL, BARN, SHED), surveys))
    return made


def opened(told: list[object]) -> list[tuple[StreamId, str]]:
    """What begins, and where."""
    return [(one.stream, one.request.server) for one in told if isinstance(one, OpenStream)]


def begun(made: Desk, *messages: CoordinatorMessage) -> list[str]:
    """Where something begins."""
    return [server for _, server in opened(made.after(*messages))]


def notices(told: list[object]) -> list[str]:
    """What is said in chats."""
    return [one.text for one in told if isinstance(one, NoticePosted)]


def moves(told: list[object]) -> list[tuple[TurnState, str]]:
    """Into which states turns come, and on which servers."""
    return [(one.state, one.server) for one in told if isinstance(one, TurnMoved)]


def reasons(told: list[object]) -> list[WaitReason]:
    """Why prompts wait."""
    return [one.reason for one in told if isinstance(one, TurnQueued)]

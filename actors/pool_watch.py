"""What is known of the servers of the pool together: for a conversation they are one server."""

from collections.abc import Collection, Iterable, Sequence

from actors.server_watch import ServerWatch
from protocol.errors import Category, Failure, ServerUnreachable
from protocol.identity import POOL, ServerName
from protocol.models import ServerSurvey, full_name
from protocol.pool import Station, eligible
from protocol.server_settings import ServerSettings

_NAME = "the pool"
_TOLD = 3
"""Of so many servers it is said why they cannot be used."""


class PoolWatch:
    """Owned by the Coordinator, and used in its thread only. It can be asked what a ServerWatch can be asked.

    There is at least one member.
    """

    name = POOL
    label = str(POOL)

    def __init__(self, members: Sequence[ServerWatch]) -> None:
        self.members = tuple(members)
        self.survey: ServerSurvey | None = None
        """What the looks at all of them found; None before the first that found one, or the last."""

    @property
    def settings(self) -> ServerSettings:
        """Those of the first: what is said of a conversation before anybody knows who answers is said of it."""
        return self.members[0].settings

    @property
    def address(self) -> str:
        """Who it is, for people."""
        return ", ".join(member.label for member in self.members)

    @property
    def heeds_parameters(self) -> bool:
        """False where it is known that what is set changes nothing, whoever answers."""
        return any(member.heeds_parameters for member in self.members)

    @property
    def loads_as_told(self) -> bool:
        """True where what is set decides how a model is loaded by one of them at least."""
        return any(member.loads_as_told for member in self.members)

    @property
    def surveyed(self) -> bool:
        """True once one is known to be there, or none is."""
        return self.survey is not None

    @property
    def is_whole(self) -> bool:
        """True once all have been looked at, so that what is not there is nowhere."""
        return all(member.surveyed or member.lost is not None for member in self.members)

    @property
    def last_used(self) -> str | None:
        """The model that answered last, at the first that knows of one."""
        return next((member.last_used for member in self.members if member.last_used), None)

    @property
    def lost(self) -> Failure | None:
        """Why nobody looks at any of them any more, where that is so."""
        lost = [member.lost for member in self.members]
        return lost[0] if all(lost) else None

    def covers(self, server: ServerName) -> bool:
        """Tell whether what is for the pool may be sent to that server."""
        return any(member.name == server for member in self.members)

    def look(self) -> None:
        """Look at all of them at once."""
        for member in self.members:
            member.look()

    def look_later(self) -> None:
        """Look at all of them after the interval."""
        for member in self.members:
            member.look_later()

    def learn(self) -> None:
        """A look at one of them found something."""
        surveys = [member.survey for member in self.members if member.survey is not None]
        there = [survey for survey in surveys if survey.failure is None]
        if there:
            self.survey = _merged(there)
        elif self.is_whole:
            self.survey = ServerSurvey(_NAME, failure=self.absence())

    def takes(self, model: str, avoids: Collection[ServerName] = frozenset()) -> bool:
        """Tell whether one that is there could be asked for this model, if there is room."""
        return bool(eligible(tuple(map(station_of, self.members)), full_name(model), avoids))

    def absence(self) -> Failure:
        """Say that none of them can take a prompt, and of those that are away why. What is worth waiting for counts
        more than what is not."""
        away = [(one.label, one.survey.failure) for one in self.members if one.survey and one.survey.failure]
        told = [f"{label}: {failure.summary}" for label, failure in away[:_TOLD]]
        more = [f"{len(away) - _TOLD} more are away."] if len(away) > _TOLD else []
        summary = " ".join(["No server of the pool can take it.", *told, *more])
        failures = [failure for _, failure in away]
        worst = next((one for one in failures if one.category is Category.NETWORK), next(iter(failures), None))
        if worst is None:
            return ServerUnreachable(summary, "/servers says how they are.").failure
        return Failure(worst.category, summary, worst.advice, worst.kind, worst.status)


def station_of(watch: ServerWatch) -> Station:
    """Return what the policy has to know of a member, but for how its models are loaded."""
    return Station(watch.name, watch.settings.max_streams, True, watch.health, watch.models)


def _merged(surveys: Iterable[ServerSurvey]) -> ServerSurvey:
    """What those that are there have together."""
    found = tuple(surveys)
    models = {full_name(model.name): model for survey in reversed(found) for model in survey.models}
    running = [model for survey in found for model in survey.running or ()]
    says = any(survey.running is not None for survey in found)
    return ServerSurvey(
        _NAME,
        "",
        tuple(models.values()),
        tuple(running) if says else None,
        heeds_parameters=any(survey.heeds_parameters for survey in found),
        manages_models=found[0].manages_models,
    )

"""What is known of a server, and when it is looked at again."""

from protocol.address import Address
from protocol.errors import ActorDied, Failure
from protocol.identity import ServerName
from protocol.librarian import LibrarianMessage, RememberModel, SurveyServer
from protocol.models import ServerSurvey, full_name
from protocol.pool import Health
from protocol.server_names import DEFAULT
from protocol.server_settings import Dialect, ServerSettings
from protocol.timekeeper import Remind, SurveyDue, TimekeeperMessage

_UNNAMED = ServerSettings()


class ServerWatch:
    """Owned by the Coordinator, and used in its thread only. `interval` is in seconds."""

    def __init__(
        self,
        librarian: Address[LibrarianMessage],
        timekeeper: Address[TimekeeperMessage],
        interval: float,
        settings: ServerSettings = _UNNAMED,
    ) -> None:
        self.settings = settings
        self.name = ServerName(settings.name)
        self._librarian = librarian
        self._timekeeper = timekeeper
        self._interval = interval
        self._is_due = False
        self.survey: ServerSurvey | None = None
        """What the last look found; None before the first."""
        self.last_used: str | None = None
        """The model that answered last, in this run or the one before."""
        self.lost: Failure | None = None
        """Why nobody looks any more, where that is so: then what is sent is sent without a look, or not at all."""
        self._is_missed = False
        self._is_doubted = False
        self._models: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """How people call it."""
        return self.name or DEFAULT

    @property
    def address(self) -> str:
        """Where it is, or what it is, for people."""
        return self.survey.server if self.survey is not None and self.survey.server else str(self.settings.url)

    @property
    def heeds_parameters(self) -> bool:
        """False where it is known that what is set for its model changes nothing."""
        return self.survey is None or self.survey.heeds_parameters

    @property
    def loads_as_told(self) -> bool:
        """True where what is set for a model decides how it is loaded, as far as that is known."""
        return self.settings.dialect is Dialect.OLLAMA and self.heeds_parameters

    @property
    def manages_models(self) -> bool:
        """False where it is known that its models are not managed by requests."""
        speaks = self.settings.dialect is Dialect.OLLAMA
        return speaks and (self.survey is None or self.survey.manages_models)

    @property
    def surveyed(self) -> bool:
        """True once a look was taken, whatever it found."""
        return self.survey is not None

    def learn(self, survey: ServerSurvey, last_used: str | None) -> None:
        """Take in what a look found."""
        self.survey = survey
        self.last_used = last_used or self.last_used
        self._is_doubted = False
        if survey.failure is None:
            self._models = frozenset(full_name(name) for name in survey.names)

    def covers(self, server: ServerName) -> bool:
        """Tell whether what is bound here may be sent to that server."""
        return server == self.name

    def doubt(self) -> None:
        """A stream of it broke: the pool sends nothing there until a look, at once, has found it."""
        self._is_doubted = self.lost is None
        self.look()

    @property
    def health(self) -> Health:
        """Whether it can be asked something. Where nobody looks any more, only asking tells."""
        if self.lost is not None:
            return Health.LIVE
        if self.survey is None or self._is_doubted:
            return Health.UNKNOWN
        return Health.AWAY if self.survey.failure is not None else Health.LIVE

    @property
    def models(self) -> frozenset[str] | None:
        """What it had when it was there last, by full names; None where it was never seen, or nobody looks."""
        return None if self.lost is not None else self._models

    def remember(self, model: str) -> None:
        """This model answered: propose it for new conversations, at the next start too.

        Where the server says what it runs, look soon: only a look tells that this model is loaded now, and how much
        context it was given. However fast replies end, there is one look an interval.
        """
        self.last_used = model
        self._librarian.tell(RememberModel(model))
        if self.survey is not None and self.survey.running is not None:
            self.look_later()

    def look(self) -> None:
        """Look at once. Where nobody looks any more, `missed` says what came of it."""
        if self.lost is None:
            self._librarian.tell(SurveyServer())
        else:
            self._is_missed = True

    def lose(self, failure: Failure) -> None:
        """Nobody looks from now on, and who was asked before does not answer."""
        advice = "Name a model with /model NAME."
        self.lost = ActorDied(f"Nobody looks at the server any more. {failure.summary}", advice).failure
        self._is_missed = True

    def missed(self) -> ServerSurvey | None:
        """What a look would have found that nobody took, once; None when no look was missed."""
        is_missed, self._is_missed = self._is_missed, False
        return ServerSurvey(self.survey.server if self.survey else "", failure=self.lost) if is_missed else None

    def look_later(self) -> None:
        """Look after the interval, however many ask for it meanwhile."""
        if not self._is_due and self.lost is None:
            self._is_due = True
            self._timekeeper.tell(Remind(self._interval, SurveyDue(self.name)))

    def remind_again(self) -> None:
        """A reminder may be lost: ask for it again."""
        if self._is_due and self.lost is None:
            self._timekeeper.tell(Remind(self._interval, SurveyDue(self.name)))

    def look_as_due(self) -> None:
        """The interval is over."""
        self._is_due = False
        self.look()

"""What a user wants of models: it is asked, or begun, and what came of it is said where it was asked."""

from collections.abc import Callable
from typing import assert_never

from actors.colleagues import Colleagues
from actors.conversations import Conversations
from actors.model_notices import (
    describe_beginning,
    describe_end,
    describe_giving_up,
    describe_going_on,
    describe_stop,
)
from actors.server_watch import ServerWatch
from actors.server_watches import ServerWatches
from actors.store_jobs import MOST_JOBS, Over, StoreJobs
from protocol.identity import ConversationId, ServerName
from protocol.librarian import AskStore
from protocol.loads import load_of
from protocol.model_commands import (
    Copy,
    Create,
    Load,
    LookAtModels,
    Models,
    Pull,
    Pulls,
    Remove,
    Running,
    ShowModel,
    StopPull,
    Unload,
)
from protocol.model_words import (
    answered_words,
    card_words,
    job_words,
    jobs_words,
    models_words,
    refused_words,
    running_words,
    size_words,
    storeless_words,
    unfit_name,
)
from protocol.model_work import (
    ModelMessage,
    ModelOrder,
    PullsRecalled,
    StoreAnswered,
    StoreRefused,
    WorkBroken,
    WorkFinished,
    WorkProgressed,
)
from protocol.models import ServerSurvey, same_model
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    JobState,
    LoadModel,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)
from protocol.timekeeper import WorkDue

_NO_MODEL = "No model is chosen here: name one, or choose with /model."


class ModelDesk:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(
        self,
        colleagues: Colleagues,
        conversations: Conversations,
        servers: ServerWatches,
        jobs: StoreJobs,
    ) -> None:
        self._to = colleagues
        self._conversations = conversations
        self._servers = servers
        self._jobs = jobs
        self._lists: list[tuple[ConversationId, ServerName, Models | Running]] = []
        self._early: list[ConversationId] = []
        """Where one began to write before the first look."""

    def take_over(self, before: "ModelDesk") -> None:
        """Know what another one was asked, and has not answered: everything but that begins anew."""
        self._lists, self._early = before._lists, before._early

    def act(self, message: ModelMessage) -> None:
        """Act on one message."""
        match message:
            case ModelOrder():
                self._order(message)
            case StoreAnswered():
                self._answer(message)
            case StoreRefused(conversation=conversation, question=question, failure=failure):
                self._post(conversation, f"{refused_words(question)} {failure}")
            case WorkProgressed():
                self._jobs.progress(message)
            case WorkFinished():
                self._conclude(self._jobs.finish(message))
            case WorkBroken():
                self._conclude(self._jobs.fail(message))
            case PullsRecalled(pulls=pulls):
                self._jobs.recalled = list(pulls)
                for watch in self._servers:
                    self._resume(watch)
            case WorkDue(job=job):
                self._jobs.retry(job)
            case _:
                assert_never(message)

    def learn(self, watch: ServerWatch, before: ServerSurvey | None) -> None:
        """A look at a server was taken: answer what was asked of it, and go on with what waited for it."""
        survey = watch.survey
        if survey is None:
            return
        asked, self._lists = self._lists, [one for one in self._lists if one[1] != watch.name]
        for conversation, server, question in asked:
            if server == watch.name:
                self._post(conversation, self._listed(conversation, question, survey))
        if survey.failure is None and before is not None and before.failure is not None:
            self._jobs.retry_all(watch.name)
        self._warm_early(watch)
        self._resume(watch)

    def _warm_early(self, watch: ServerWatch) -> None:
        early = [one for one in self._early if one in self._conversations]
        self._early = [one for one in early if self._watch(one) is not watch]
        for conversation in early:
            if self._watch(conversation) is watch:
                self._load(conversation, "", quiet=True)

    def _order(self, order: ModelOrder) -> None:
        conversation, command = order.conversation, order.command
        match command:
            case LookAtModels():
                self._watch(conversation).look()
            case Models() | Running():
                self._lists.append((conversation, self._watch(conversation).name, command))
                self._watch(conversation).look()
            case ShowModel(part=part, name=name):
                self._of_chat(conversation, name, AskDetails, part)
            case Pulls():
                self._post(conversation, jobs_words(self._jobs.jobs, self._label))
            case StopPull(name=name):
                self._stop(conversation, name)
            case Remove():
                self._remove(conversation, command)
            case Copy(source=source, destination=destination):
                self._ask(conversation, CopyModel(source, destination), source, destination)
            case Unload(name=name):
                self._of_chat(conversation, name, UnloadModel)
            case Pull(name=name, insecure=insecure):
                self._start(conversation, PullModel(name, insecure))
            case Create(name=name, file=file):
                self._start(conversation, CreateModel(name, file))
            case Load(name=name, quiet=quiet):
                self._load(conversation, name, quiet)
            case _:
                assert_never(command)

    def _listed(self, conversation: ConversationId, question: Models | Running, survey: ServerSurvey) -> str:
        if isinstance(question, Running):
            return running_words(survey)
        known = conversation in self._conversations
        return models_words(survey, self._conversations[conversation].model if known else None)

    def _of_chat(
        self, conversation: ConversationId, name: str, question: Callable[[str], StoreQuestion], part: str = ""
    ) -> None:
        wanted = name or self._conversations[conversation].model
        if wanted is None:
            self._post(conversation, _NO_MODEL)
        else:
            self._ask(conversation, question(wanted), wanted, part=part)

    def _ask(self, conversation: ConversationId, question: StoreQuestion, *names: str, part: str = "") -> None:
        watch = self._watch(conversation)
        refusal = next(filter(None, map(unfit_name, names)), "") or _obstacle(watch)
        if refusal or watch.lost is not None:
            self._post(conversation, refusal or str(watch.lost))
        else:
            self._to.librarian_of(watch.name).tell(AskStore(conversation, question, part))

    def _remove(self, conversation: ConversationId, command: Remove) -> None:
        if command.sure:
            self._ask(conversation, DeleteModel(command.name), command.name)
            return
        watch = self._watch(conversation)
        installed = watch.survey.installed(command.name) if watch.survey is not None else None
        size = size_words(installed.size) if installed is not None else ""
        what = f"{command.name} ({size})" if size else command.name
        words = f"This deletes {what} from {watch.address}, for every chat. To do it: /rm {command.name} yes"
        self._post(conversation, _obstacle(watch) or words)

    def _load(self, conversation: ConversationId, name: str, quiet: bool) -> None:
        wanted, survey = name or self._conversations[conversation].model, self._watch(conversation).survey
        if quiet and survey is None:
            self._early.append(conversation)
        elif wanted is None:
            if not quiet:
                self._post(conversation, _NO_MODEL)
        elif not quiet or (survey is not None and survey.failure is None and survey.lacks(wanted)):
            self._start(conversation, self._loading(conversation, wanted), quiet)

    def _loading(self, conversation: ConversationId, model: str) -> LoadModel:
        """The model of a chat is loaded as its next prompt needs it: with other options it would be loaded anew."""
        what = self._conversations[conversation]
        if what.model is None or not same_model(what.model, model):
            return LoadModel(model)
        return LoadModel(model, what.parameters.keep_alive or "", load_of(model, what.parameters).options)

    def _start(self, conversation: ConversationId, work: StoreWork, quiet: bool = False) -> None:
        watch = self._watch(conversation)
        refusal = unfit_name(work.name) or _obstacle(watch) or self._surfeit(work, watch.name)
        if not refusal:
            self._jobs.start(work, conversation, watch.name, watch.address, quiet)
        if not quiet:
            self._post(conversation, refusal or describe_beginning(work, self._at(watch.name)))

    def _surfeit(self, work: StoreWork, server: ServerName) -> str:
        """Why nothing more can begin at a server; empty where it can."""
        if self._to.store is None:
            return "Nothing can be pulled here."
        known = self._jobs.find(work, server)
        if known is not None:
            return f"That is under way: {job_words(known)}."
        many = sum(job.server == server for job in self._jobs.jobs) >= MOST_JOBS
        return f"{MOST_JOBS} are under way already: wait for one, or stop it." if many else ""

    def _stop(self, conversation: ConversationId, name: str) -> None:
        """That of the server that answers here goes before those of others."""
        named = [job for job in self._jobs.jobs if same_model(job.model, name) and job.may_be_stopped]
        found = [job for job in named if job.server == self._watch(conversation).name] or named
        for job in found:
            self._jobs.stop(job.id)
            self._post(conversation, describe_stop(job, self._at(job.server), self._there(job.server, conversation)))
        if not found:
            self._post(conversation, f"{name} is not being pulled. /pull shows what is.")

    def _resume(self, watch: ServerWatch) -> None:
        """Go on with the pulls of earlier runs, once their server is there, and a chat in which that can be said."""
        shown, survey = self._conversations.shown, watch.survey
        if shown is None or survey is None or survey.failure is not None or self._to.store is None:
            return
        recalled = [pull for pull in self._jobs.recalled if pull.server == watch.address]
        self._jobs.recalled = [pull for pull in self._jobs.recalled if pull.server != watch.address]
        for pull in recalled:
            work = PullModel(pull.name, pull.insecure)
            if self._jobs.find(work, watch.name) is None and not unfit_name(pull.name):
                self._jobs.start(work, None, watch.name, pull.server)
                self._post(shown, describe_going_on(pull.name, self._at(watch.name)))

    def _answer(self, news: StoreAnswered) -> None:
        question = news.question
        if news.card is not None:
            self._post(news.conversation, card_words(news.card, news.part))
            return
        self._post(news.conversation, answered_words(question))
        self._servers.at(news.server).look()

    def _conclude(self, over: Over | None) -> None:
        """Say how something ended, if it has. What is done may have changed the list of models."""
        if over is None:
            return
        job, conversation, quiet = over
        is_done = job.state is JobState.DONE
        if not quiet:
            describe = describe_end if is_done else describe_giving_up
            self._post(conversation, describe(job, self._at(job.server), self._there(job.server, conversation)))
        if is_done:
            self._servers.at(job.server).look()

    def _watch(self, conversation: ConversationId) -> ServerWatch:
        """That of the server whose models are meant in a conversation."""
        return self._servers.manager_of(self._conversations[conversation].server)

    def _label(self, server: ServerName) -> str:
        """How people call a server; empty where there is only one."""
        return self._servers.names.label(server) if self._servers.names.several else ""

    def _at(self, server: ServerName) -> str:
        return f" at {self._servers.names.called(server)}" if self._servers.names.several else ""

    def _there(self, server: ServerName, conversation: ConversationId | None) -> str:
        """Where a command is typed that is for a server; empty where that is done where this is said."""
        place = self._place(conversation)
        here = place is None or self._watch(place).name == server
        return "" if here else f", where {self._servers.names.called(server)} answers"

    def _post(self, conversation: ConversationId | None, text: str) -> None:
        place = self._place(conversation)
        if place is not None:
            self._conversations.post(place, text)

    def _place(self, conversation: ConversationId | None) -> ConversationId | None:
        """Something is said where it was asked, or where one looks."""
        known = conversation is not None and conversation in self._conversations
        return conversation if known else self._conversations.shown


def _obstacle(watch: ServerWatch) -> str:
    """Why a server's models cannot be managed; empty where they can."""
    return "" if watch.manages_models else storeless_words(watch.address)

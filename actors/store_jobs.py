"""What takes a store of models long: pulls, loads and creations, under way or to be tried again."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from actors.colleagues import Colleagues
from protocol.errors import Category
from protocol.identity import ConversationId, ServerName
from protocol.librarian import ForgetPull, KeepPull
from protocol.model_events import JobChanged
from protocol.model_work import WorkBroken, WorkFinished, WorkProgressed
from protocol.store import Job, JobId, JobState, KeptPull, PullModel, StoreWork
from protocol.store_reader import StartWork
from protocol.timekeeper import Remind, WorkDue
from protocol.work_retry import RETRIES, fruitless_after, may_retry, patience_after

MOST_JOBS = 16
"""Under way at once at one server."""
Over = tuple[Job, ConversationId | None, bool]
"""A job that has ended, where it was asked for, and whether nothing is to be said of it."""


@dataclass
class _Entry:
    job: Job
    conversation: ConversationId | None
    """Where it was asked for."""
    quiet: bool
    kept: KeptPull | None
    attempt: int = 0
    fruitless: int = 0
    """Attempts in a row that brought nothing, and one that did."""
    begun_with: int = 0
    """Bytes that were there when this attempt began."""
    is_read: bool = False
    """A reader is at work."""


class StoreJobs:
    """Owned by the Coordinator, and used in its thread only. It outlives what else the Coordinator is made of: the
    readers do. `chance` draws from [0, 1)."""

    def __init__(self, colleagues: Colleagues, chance: Callable[[], float]) -> None:
        self._to = colleagues
        self._chance = chance
        self._entries: dict[JobId, _Entry] = {}
        self._attempts = 0
        self.recalled: list[KeptPull] = []
        """Pulls of earlier runs that wait for their servers."""

    @property
    def jobs(self) -> list[Job]:
        """All that are not over, in the order in which they began."""
        return [entry.job for entry in self._entries.values()]

    def find(self, work: StoreWork, server: ServerName) -> Job | None:
        """The same work at a server, if it is under way or waits; a load may be for another time."""
        entry = self._entries.get(_id(work, server))
        return entry.job if entry is not None else None

    def start(
        self,
        work: StoreWork,
        conversation: ConversationId | None,
        server: ServerName,
        address: str,
        quiet: bool = False,
    ) -> None:
        """Begin at a server; the caller has looked that it is not under way. A pull is kept until it is over, by the
        server's address."""
        kept = KeptPull(address, work.name, work.insecure) if isinstance(work, PullModel) else None
        entry = _Entry(Job(_id(work, server), work, server=server), conversation, quiet, kept)
        self._entries[entry.job.id] = entry
        if kept is not None:
            self._to.librarian.tell(KeepPull(kept))
        self._open(entry)

    def stop(self, job: JobId) -> None:
        """End one that is not over."""
        entry = self._entries[job]
        self._close(entry)
        self._forget(entry)
        self._end(entry, JobState.STOPPED)

    def progress(self, news: WorkProgressed) -> None:
        """A reader tells how far it is."""
        entry = self._of(news)
        if entry is not None:
            self._change(entry, replace(entry.job, progress=news.progress))

    def finish(self, news: WorkFinished) -> Over | None:
        """A reader is done: return what is over; None for what a reader tells that was closed."""
        entry = self._of(news)
        if entry is None:
            return None
        self._close(entry)
        self._forget(entry)
        entry.job = replace(entry.job, progress=news.progress)
        self._end(entry, JobState.DONE)
        return entry.job, entry.conversation, entry.quiet

    def fail(self, news: WorkBroken) -> Over | None:
        """A reader gave up: the same where that is the end of it; None where it is tried again, too."""
        entry = self._of(news)
        if entry is None:
            return None
        self._close(entry)
        entry.fruitless = fruitless_after(entry.fruitless, news.progress.completed > entry.begun_with)
        entry.job = replace(entry.job, progress=news.progress, failure=news.failure)
        if may_retry(entry.job.work, news.failure, entry.fruitless, waits=True):
            delay = RETRIES.delay(entry.fruitless, self._chance())
            self._change(entry, replace(entry.job, state=JobState.WAITING, delay=delay))
            self._to.timekeeper.tell(Remind(delay, WorkDue(entry.job.id)))
            return None
        if news.failure.category is not Category.NETWORK:
            self._forget(entry)
        self._end(entry, JobState.FAILED)
        return entry.job, entry.conversation, entry.quiet

    def retry(self, job: JobId) -> None:
        """The back-off is over."""
        entry = self._entries.get(job)
        if entry is not None and entry.job.state is JobState.WAITING:
            self._open(entry)

    def retry_all(self, server: ServerName | None = None) -> None:
        """Try again at once what waits at a server that is back; at all of them, where a reminder may be lost."""
        for name, entry in tuple(self._entries.items()):
            if server is None or entry.job.server == server:
                self.retry(name)

    def lose(self, news: WorkFinished | WorkBroken) -> None:
        """Nobody has acted on this: its reader is gone."""
        entry = self._of(news)
        if entry is not None:
            entry.is_read = False

    def go_on(self) -> None:
        """The Coordinator has failed at something, and has everything again: what no reader is at work for is begun
        anew, or it would be under way for ever."""
        for entry in tuple(self._entries.values()):
            if not entry.is_read:
                self._open(entry)

    def _open(self, entry: _Entry) -> None:
        assert self._to.store is not None
        self._attempts += 1
        entry.attempt, entry.begun_with = self._attempts, entry.job.progress.completed
        patience = patience_after(entry.fruitless)
        running = replace(entry.job, state=JobState.RUNNING, failure=None, delay=0.0)
        self._change(entry, running)
        self._to.store.open(
            StartWork(running.id, entry.attempt, running.work, running.progress, patience, running.server)
        )
        entry.is_read = True

    def _close(self, entry: _Entry) -> None:
        entry.is_read = False
        if self._to.store is not None:
            self._to.store.close(entry.job.id)

    def _forget(self, entry: _Entry) -> None:
        if entry.kept is not None:
            self._to.librarian.tell(ForgetPull(entry.kept))

    def _end(self, entry: _Entry, state: JobState) -> None:
        self._change(entry, replace(entry.job, state=state, delay=0.0))
        del self._entries[entry.job.id]

    def _change(self, entry: _Entry, job: Job) -> None:
        entry.job = job
        self._to.ui.tell(JobChanged(job))

    def _of(self, news: WorkProgressed | WorkFinished | WorkBroken) -> _Entry | None:
        """What a reader that was closed still tells is of no interest."""
        entry = self._entries.get(news.job)
        running = entry is not None and entry.job.state is JobState.RUNNING and entry.attempt == news.attempt
        return entry if running else None


def _id(work: StoreWork, server: ServerName) -> JobId:
    return JobId(f"{type(work).__name__} {work.name}{f' at {server}' if server else ''}")

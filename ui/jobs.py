"""The pulls, and what else takes a store of models long, as they are shown and told."""

from dataclasses import dataclass, field

from protocol.model_words import doing, job_words, progress_words
from protocol.store import OVER, Job, JobId, JobState
from ui.speech import flat

_NAME_CHARACTERS = 20
_STEP = 25
"""Percent between two words on how far a pull is, for those who listen."""


@dataclass
class Jobs:
    """Those that are not over, in the order in which they began. Plain data."""

    under_way: dict[JobId, Job] = field(default_factory=dict)

    def take(self, job: Job) -> None:
        """One is now as told."""
        if job.state in OVER:
            self.under_way.pop(job.id, None)
        else:
            self.under_way[job.id] = job

    def names(self) -> list[str]:
        """Names of the models that are pulled or made."""
        return [job.model for job in self.under_way.values() if job.may_be_stopped]

    @property
    def words(self) -> str:
        """Say in few words how far they are; empty where nothing is."""
        jobs = list(self.under_way.values())
        if not jobs:
            return ""
        if len(jobs) == 1:
            return f"{doing(jobs[0].work)} {_how_far(jobs[0])}{flat(jobs[0].model, _NAME_CHARACTERS)}"
        done, total = (sum(counts) for counts in zip(*(_bytes(job) for job in jobs), strict=True))
        return f"{len(jobs)} pulls {done * 100 // total} %" if total else f"{len(jobs)} pulls"


class JobTeller:
    """Says how far pulls are, in lines: at each quarter, and when one breaks. One thread."""

    def __init__(self) -> None:
        self._told: dict[JobId, tuple[JobState, int]] = {}

    def tell(self, job: Job) -> list[str]:
        """Return what is new of a job, in words. That it begins, and how it ends, is told by notices."""
        if job.state in OVER:
            self._told.pop(job.id, None)
            return []
        quarter = (job.progress.percent or 0) // _STEP
        state, before = self._told.get(job.id, (JobState.RUNNING, 0))
        self._told[job.id] = job.state, max(quarter, before)
        broke = job.state is JobState.WAITING and state is not JobState.WAITING
        return [job_words(job)] if broke or quarter > before else []


def _bytes(job: Job) -> tuple[int, int]:
    return job.progress.completed, job.progress.total


def _how_far(job: Job) -> str:
    """It comes before the name: where there is little room, that is cut."""
    if job.state is JobState.WAITING:
        return f"again in {job.delay:.0f} s: "
    return f"{progress_words(job.progress)} of " if job.progress.total else ""

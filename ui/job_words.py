"""The pulls, and what else takes a store of models long, in words."""

from collections.abc import Sequence

from protocol.model_words import doing, job_words, progress_words
from protocol.store import OVER, Job, JobId, JobState
from ui.speech import flat

_NAME_CHARACTERS = 20
_STEP = 25
"""Percent between two words on how far a pull is, for those who listen."""


def brief(jobs: Sequence[Job]) -> str:
    """Say in few words how far these are, of which there is one at least."""
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

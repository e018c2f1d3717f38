"""The pulls, and what else takes a store of models long, as the screen knows them."""

from dataclasses import dataclass, field

from protocol.store import OVER, Job, JobId


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
        if not self.under_way:
            return ""
        from ui.job_words import brief  # nothing is pulled before the first paint

        return brief(tuple(self.under_way.values()))

"""What is said of what takes a store of models long: that it begins, ends, or cannot be."""

from typing import assert_never

from protocol.errors import Category
from protocol.store import CreateModel, Job, LoadModel, PullModel, StoreWork


def describe_beginning(work: StoreWork) -> str:
    """Say that something that takes long begins, and how it is followed."""
    match work:
        case PullModel(name=name):
            return f"{name} is being pulled. /pull shows how far it is, /pull stop {name} stops it."
        case LoadModel(name=name):
            return f"{name} is being loaded."
        case CreateModel(name=name):
            return f"{name} is being made. /pull shows how far it is, /pull stop {name} stops it."
        case _:
            assert_never(work)


def describe_end(job: Job) -> str:
    """Say that it is done."""
    match job.work:
        case PullModel(name=name):
            return f"{name} is pulled. /model {name} chooses it."
        case LoadModel(name=name):
            return f"{name} is loaded."
        case CreateModel(name=name):
            return f"{name} is made. /model {name} chooses it."
        case _:
            assert_never(job.work)


def describe_giving_up(job: Job) -> str:
    """Say that it is not done, and why."""
    assert job.failure is not None
    match job.work:
        case PullModel(name=name):
            again = f" /pull {name} goes on with it." if job.failure.category is Category.NETWORK else ""
            return f"{name} could not be pulled. {job.failure}{again}"
        case LoadModel(name=name):
            return f"{name} could not be loaded. {job.failure}"
        case CreateModel(name=name):
            return f"{name} could not be made. {job.failure}"
        case _:
            assert_never(job.work)


def describe_stop(job: Job) -> str:
    """Say that it is stopped, and what is left of it."""
    match job.work:
        case PullModel(name=name):
            return f"The pull of {name} is stopped. What came of it stays at the server: /pull {name} goes on with it."
        case LoadModel(name=name):
            return f"The loading of {name} is stopped."
        case CreateModel(name=name):
            return f"The making of {name} is stopped."
        case _:
            assert_never(job.work)

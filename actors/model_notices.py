"""What is said of what takes a store of models long: that it begins, ends, or cannot be."""

from typing import assert_never

from protocol.errors import Category
from protocol.store import CreateModel, Job, LoadModel, PullModel, StoreWork


def describe_beginning(work: StoreWork, at: str = "") -> str:
    """Say that something that takes long begins, and how it is followed.

    `at` names the server, as in ` at mill`; empty where there is only one. The same goes for all that follow.
    """
    match work:
        case PullModel(name=name):
            return f"{name} is being pulled{at}. /pull shows how far it is, /pull stop {name} stops it."
        case LoadModel(name=name):
            return f"{name} is being loaded{at}."
        case CreateModel(name=name):
            return f"{name} is being made{at}. /pull shows how far it is, /pull stop {name} stops it."
        case _:
            assert_never(work)


def describe_going_on(name: str, at: str = "") -> str:
    """Say that the pull of an earlier run is gone on with."""
    return f"The pull of {name}{at} is gone on with. /pull stop {name} stops it."


def describe_stop(job: Job, at: str = "", there: str = "") -> str:
    """Say that the user has stopped it. `there` says where a command for its server is typed, if not here, as in
    `, where mill answers`; the same goes for all that follow."""
    match job.work:
        case PullModel(name=name):
            resume = f"What came of it stays at the server: /pull {name} goes on with it{there}."
            return f"The pull of {name}{at} is stopped. {resume}"
        case LoadModel(name=name):
            return f"The loading of {name}{at} is stopped."
        case CreateModel(name=name):
            return f"The making of {name}{at} is stopped."
        case _:
            assert_never(job.work)


def describe_end(job: Job, at: str = "", there: str = "") -> str:
    """Say that it is done."""
    match job.work:
        case PullModel(name=name):
            return f"{name} is pulled{at}. /model {name} chooses it{there}."
        case LoadModel(name=name):
            return f"{name} is loaded{at}."
        case CreateModel(name=name):
            return f"{name} is made{at}. /model {name} chooses it{there}."
        case _:
            assert_never(job.work)


def describe_giving_up(job: Job, at: str = "", there: str = "") -> str:
    """Say that it is not done, and why."""
    assert job.failure is not None
    match job.work:
        case PullModel(name=name):
            again = f" /pull {name} goes on with it{there}." if job.failure.category is Category.NETWORK else ""
            return f"{name} could not be pulled{at}. {job.failure}{again}"
        case LoadModel(name=name):
            return f"{name} could not be loaded{at}. {job.failure}"
        case CreateModel(name=name):
            return f"{name} could not be made{at}. {job.failure}"
        case _:
            assert_never(job.work)

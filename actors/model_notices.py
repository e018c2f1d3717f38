"""What is said of models where it was asked for: that something begins, ends, or cannot be."""

from typing import assert_never

from protocol.errors import Category
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    Job,
    LoadModel,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)


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


def describe_answer(question: StoreQuestion) -> str:
    """Say that what was asked of a store is done."""
    match question:
        case AskDetails(name=name):
            return f"Nothing is known of {name}."
        case DeleteModel(name=name):
            return f"{name} is deleted."
        case CopyModel(source=source, destination=destination):
            return f"{source} is called {destination} as well."
        case UnloadModel(name=name):
            return f"{name} is unloaded."
        case _:
            assert_never(question)


def describe_failure(question: StoreQuestion) -> str:
    """Say what is not done; why, follows."""
    match question:
        case AskDetails(name=name):
            return f"{name} cannot be shown."
        case DeleteModel(name=name):
            return f"{name} is not deleted."
        case CopyModel(source=source):
            return f"{source} is not copied."
        case UnloadModel(name=name):
            return f"{name} is not unloaded."
        case _:
            assert_never(question)

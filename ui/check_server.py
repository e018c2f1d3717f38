"""What `chinwag doctor` says of the servers and the model."""

from collections.abc import Iterator

from protocol.errors import Failure
from protocol.models import ModelChosen, ServerSurvey, choose_model, list_names
from ui.check import Check, fail, ok, warn

_ACCESS = {401: "it wants to know who asks", 403: "it forbids this"}


def check_server(survey: ServerSurvey) -> Iterator[Check]:
    """Say what one look at the server found."""
    if survey.failure is not None:
        yield _failure(survey.server, survey.failure)
        return
    version = f", version {survey.version}" if survey.version else ""
    yield ok("server", f"{survey.server} answers{version}")
    if survey.notice:
        yield warn("server", survey.notice)
    if survey.models:
        yield ok("models", list_names(survey.names))
    else:
        yield fail("models", "there is none", "Get one with `ollama pull NAME`.")
    if survey.running is not None:
        loaded = list_names(tuple(model.name for model in survey.running))
        yield ok("loaded", loaded or "none: the first reply waits until the model is loaded")


def check_other_server(name: str, survey: ServerSurvey) -> Check:
    """Say whether a server of the configuration could be gone to."""
    about = f"server {name}"
    if survey.failure is not None:
        return warn(about, survey.failure.summary, survey.failure.advice)
    return ok(about, f"{survey.server} answers, with {list_names(survey.names) or 'no model'}")


def check_model(survey: ServerSurvey, named: str | None, last: str | None) -> Iterator[Check]:
    """Say which model would answer, and whether it is there."""
    if survey.failure is not None or not survey.models:
        return
    choice = choose_model(survey, last)
    if named is None and not isinstance(choice, ModelChosen):
        yield warn("model", "several are there, and none was used last", "Name one with -m, or in the configuration.")
        return
    name = named or (choice.name if isinstance(choice, ModelChosen) else "")
    known = {one for full in survey.names for one in (full, full.removesuffix(":latest"))}
    if name.lower() in {one.lower() for one in known}:
        yield ok("model", f"{name} is installed")
    else:
        yield fail("model", f"{name} is not installed", f"Get it with `ollama pull {name}`, or name another with -m.")


def _failure(server: str, failure: Failure) -> Check:
    what = _ACCESS.get(failure.status or 0)
    said = f"{server}: {what} (status {failure.status}). {failure.summary}" if what else failure.summary
    return fail("server", said, failure.advice)

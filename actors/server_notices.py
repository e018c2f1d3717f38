"""The answers to /server: text from what is known of the servers."""

from collections.abc import Iterable
from difflib import get_close_matches

from actors.server_watches import Watch
from protocol.errors import Category
from protocol.models import ServerSurvey
from protocol.server_names import ServerNames

_SHOWN = 40
_HOW = "Another answers here with /server NAME."
_MORE = "Tables [servers.NAME] in the configuration file make more."


def describe_servers(watches: Iterable[Watch], answering: Watch) -> str:
    """Say which servers there are, a line each with how it is, the one that answers here marked; the pool is one."""
    rows = list(watches)
    lines = [
        f" {'*' if watch is answering else ' '} {watch.label}  {watch.address}: {describe_state(watch.survey)}"
        for watch in rows
    ]
    return "\n".join(["Servers (* answers in this chat):", *lines, _HOW if len(rows) > 1 else _MORE])


def describe_unknown(text: str, names: ServerNames) -> str:
    """Say that there is no server of this name."""
    close = get_close_matches(text, names.labels(), n=1)
    nearest = f" Did you mean {close[0]}?" if close else ""
    return f"There is no server {text[:_SHOWN]}.{nearest} /server lists them."


def describe_move(label: str, survey: ServerSurvey | None, waiting: int) -> str:
    """Say that another server answers, how it is, and what becomes of what waits."""
    said = f"{label} answers from the next prompt on."
    if survey is not None and survey.failure is not None:
        said = f"{label} is to answer from the next prompt on, but: {survey.failure}"
    which = "The prompt that waits goes" if waiting == 1 else f"The {waiting} prompts that wait go"
    return f"{said} {which} there." if waiting else said


def describe_unconfigured(name: str, instead: str) -> str:
    """Say that the server of a chat is gone from the configuration. `instead` names the one that answers."""
    return f"The server {name[:_SHOWN]} of this chat is not configured any more: {instead} answers here."


def describe_lack(model: str, label: str) -> str:
    """Say that a model has to be chosen anew."""
    return f"{model} is not on {label}."


def describe_state(survey: ServerSurvey | None) -> str:
    """Say how a server is, as the last look found it."""
    if survey is None:
        return "nobody has heard of it yet"
    if survey.failure is not None:
        return "unreachable" if survey.failure.category is Category.NETWORK else f"not usable: {survey.failure.summary}"
    count = len(survey.models)
    facts = [f"version {survey.version}" if survey.version else "", "1 model" if count == 1 else f"{count} models"]
    if survey.running is not None:
        loaded = ", ".join(model.name for model in survey.running)
        facts.append(f"loaded: {loaded}" if loaded else "none loaded")
    return ", ".join(fact for fact in ("answers", *facts) if fact)

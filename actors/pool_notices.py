"""What is said of the pool: text from what is known of its servers and of what runs there."""

from collections.abc import Iterable, Mapping

from actors.server_notices import describe_state
from actors.server_watch import ServerWatch
from protocol.errors import Failure, is_missing_model
from protocol.pool import STREAMS, Health

_NO_POOL = 'There is no pool: pool = ["A", "B"] in the configuration file makes one of servers that have names.'


def describe_failover(label: str, failure: Failure, kept: bool) -> str:
    """Say that a server of the pool broke off, or has lost the model, and that another one is asked."""
    version = " What came is kept as a version of the reply." if kept else ""
    happened = label if is_missing_model(failure) else f"{label} broke off"
    return f"{happened}: {failure.summary} Another server of the pool is asked.{version}"


def describe_pool(
    members: Iterable[ServerWatch],
    others: Iterable[ServerWatch],
    streams: Mapping[str, int],
    waiting: Mapping[str, int],
) -> str:
    """Say of each server how it is, how many replies stream from it and how many may, and what waits for whom.

    `streams` and `waiting` are numbers by the labels of the servers; what waits for any of the pool has its label.
    """
    pool, beside = list(members), list(others)
    lines = ["The pool:"] if pool else []
    lines += [f" {_line(watch, streams, watch.settings.max_streams or STREAMS)}" for watch in pool]
    lines += ["Beside it:" if pool else "Servers:"] if beside else []
    lines += [f" {_line(watch, streams, watch.settings.max_streams)}" for watch in beside]
    told = [f"{number} for {label}" for label, number in waiting.items() if number]
    lines.append(f"Waiting: {', '.join(told)}." if told else "Nothing waits.")
    lines.append("/server pool has the pool answer here." if pool else _NO_POOL)
    return "\n".join(lines)


def _line(watch: ServerWatch, streams: Mapping[str, int], limit: int | None) -> str:
    running = streams.get(watch.label, 0)
    taken = f"{running} of {limit} streams" if limit is not None else f"{running} stream{'' if running == 1 else 's'}"
    return f"{watch.label}  {taken}, {_state(watch)}"


def _state(watch: ServerWatch) -> str:
    survey = watch.survey
    if survey is None or survey.failure is not None:
        return describe_state(survey)
    if watch.health is Health.UNKNOWN:
        return "broke off, and is looked at again"
    if survey.running is None:
        return "answers"
    loaded = ", ".join(model.name for model in survey.running)
    return f"answers, loaded: {loaded}" if loaded else "answers, none loaded"

"""How much of a context a conversation fills: what a server has counted, and an estimate of what it has not.

A reply's `prompt_eval_count` is all that was read for it, what was cached included, and with `eval_count` what the
context held when it was done (FACTS of the recordings: `turn_2_cached_prompt`). What is said since, and what a summary
has made of it, is estimated.
"""

from collections.abc import Iterable, Sequence

from protocol.chat import ToolCall
from protocol.compaction import compacted
from protocol.frames import Metrics
from protocol.message import Value
from protocol.models import ServerSurvey
from protocol.parameters import Parameters
from protocol.tokens import MESSAGE, TEMPLATE, scale_of, tokens_of, weigh

_MESSAGES_OF_EXCHANGE = 2


class Counted(Value, frozen=True):
    """An answered exchange of a path, as it counts."""

    prompt: str
    answer: str
    """What a model is shown of the reply when it reads it again: `reread`."""
    thinking: str = ""
    model: str = ""
    metrics: Metrics | None = None
    """What the server counted, if it did."""
    keeps: int | None = None
    """Of a whole summary, how many exchanges before it stay."""
    cut: bool = False
    """The server read less for it than there was: its counts tell nothing."""

    @property
    def weight(self) -> float:
        """What it weighs when it is read again."""
        return weigh(self.prompt) + weigh(self.answer) + _MESSAGES_OF_EXCHANGE * MESSAGE


def reread(answer: str, calls: Iterable[ToolCall]) -> str:
    """Return what a model is shown of a reply when it reads it again."""
    return answer + "".join(f"{call.name}{call.arguments}" for call in calls)


class Size(Value, frozen=True):
    """Tokens of a conversation, as the next prompt will find them."""

    used: int
    is_exact: bool
    """False where a part is an estimate."""
    scale: float = 1.0
    """Tokens to a weight of one, as this conversation has told (`protocol.tokens`)."""

    def with_prompts(self, prompts: Sequence[str], weight: float = 0.0) -> int:
        """About how many tokens there will be to read when these prompts are sent, one after the other, and with them
        what was weighed before."""
        more = weight + sum(weigh(prompt) + MESSAGE for prompt in prompts)
        return self.used + tokens_of(more, self.scale)


def size_of(path: Sequence[Counted], model: str, system: str = "") -> Size:
    """Return how many tokens a model will read of the exchanges of a path before the next prompt."""
    base = weigh(system) + TEMPLATE
    last = _last_count(path, model)
    told = compacted(path, lambda one: one.keeps)
    if last is None:
        return Size(tokens_of(base + _sum(told)), is_exact=False)
    counted, metrics = path[last], path[last].metrics
    assert metrics is not None
    before = base + _sum(compacted(_to_read(path, last), lambda one: one.keeps)) + weigh(counted.prompt) + MESSAGE
    scale = scale_of(metrics.prompt_eval_count or 0, before)
    if any(one.keeps is not None for one in path[last:]):  # what was read before a summary is read no more
        return Size(tokens_of(base + _sum(told), scale), False, scale)
    later = tokens_of(_sum(path[last + 1 :]), scale)
    kept = _kept_of(counted, metrics)
    is_exact = kept == (metrics.eval_count or 0) and last + 1 == len(path)
    return Size((metrics.prompt_eval_count or 0) + kept + later, is_exact, scale)


def room_of(model: str, parameters: Parameters, survey: ServerSurvey | None) -> int | None:
    """Return how many tokens the context of a model holds with these parameters: as many as the user has set, else as
    the server has given it. None where nobody knows: the model is not loaded, or the server tells nothing of that.
    """
    if survey is None or survey.running is None:
        return None
    wanted = parameters.option("num_ctx") if survey.heeds_parameters else None
    if isinstance(wanted, int) and wanted > 0:
        return wanted
    running = survey.running_model(model)
    return running.context_length if running is not None else None


def _last_count(path: Sequence[Counted], model: str) -> int | None:
    """The last exchange that was counted as this model counts, whole."""
    return next(
        (
            place
            for place in range(len(path) - 1, -1, -1)
            if (one := path[place]).model == model
            and one.metrics is not None
            and one.metrics.prompt_eval_count
            and not one.cut
        ),
        None,
    )


def _to_read(path: Sequence[Counted], place: int) -> Sequence[Counted]:
    """What was sent before the prompt of an exchange. A summary was made of what it does not keep."""
    keeps = path[place].keeps
    if keeps is None:
        return path[:place]
    told = compacted(path[:place], lambda one: one.keeps)
    return told[: max(0, len(told) - keeps)]


def _kept_of(counted: Counted, metrics: Metrics) -> int:
    """Tokens of a reply that are read again: its thinking is not."""
    written = metrics.eval_count or 0
    if not counted.thinking:
        return written
    answer = weigh(counted.answer)
    return round(written * answer / (answer + weigh(counted.thinking)))


def _sum(exchanges: Sequence[Counted]) -> float:
    return sum(one.weight for one in exchanges)

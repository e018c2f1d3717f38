"""What is said of the queue, and of models that are not there or do not see: text from state."""

from collections.abc import Callable, Iterable

from actors.turns import Turn
from protocol.attachments import has_images
from protocol.chat import Attachment
from protocol.errors import Failure, is_missing_model
from protocol.identity import ConversationId
from protocol.model_words import unfit_name
from protocol.models import VISION, ServerSurvey, list_names
from protocol.turn import TurnState

_SHOWN_PROMPT = 48


def describe_queue(turns: Iterable[Turn], here: ConversationId, title: Callable[[ConversationId], str]) -> str:
    """Say what streams and what waits, a line a turn, in order, and how to change what waits.

    `here` is where the question was asked: what belongs to another conversation is marked with its title.
    """
    told = list(turns)
    lines = [
        f"{number}. {_state(turn)}: {_asks(turn)}{_elsewhere(turn, here, title)}" for number, turn in enumerate(told, 1)
    ]
    if any(turn.waits for turn in told):
        lines.append("Change what waits: /queue edit|drop|now N, /queue move N M")
    return "\n".join(lines) or "Nothing streams and nothing waits."


def describe_absence(model: str, survey: ServerSurvey | None) -> str:
    """Say that a chosen model is not on the server; empty when it is, or when nobody knows."""
    if survey is None or not survey.is_without(model):
        return ""
    get = f" /pull {model} gets it." if survey.manages_models and not unfit_name(model) else ""
    return f"{model} is not on {survey.server} now. It has: {list_names(survey.names) or 'no model'}.{get}"


def describe_blindness(model: str | None, attachments: Iterable[Attachment], survey: ServerSurvey | None) -> str:
    """Say that a model sees nothing, where there is something to see; empty where it does, or nobody knows."""
    if model is None or survey is None or not has_images(attachments) or not survey.is_blind(model):
        return ""
    seeing = list_names(tuple(one.name for one in survey.models if VISION in one.capabilities))
    others = f"These can: {seeing}" if seeing else f"No model on {survey.server} can"
    return f"{model} cannot see images. {others}."


def with_models(failure: Failure, survey: ServerSurvey | None) -> Failure:
    """Add the models that are there to the advice of an unknown model's failure."""
    if not is_missing_model(failure) or survey is None or not survey.names:
        return failure
    advice = f"{failure.advice} {survey.server} has: {list_names(survey.names)}."
    return Failure(failure.category, failure.summary, advice, failure.kind, failure.status)


def _state(turn: Turn) -> str:
    if turn.state is TurnState.QUEUED and turn.waits_for is not None:
        return turn.waits_for.value
    return turn.state.value.replace("_", " ")


def _elsewhere(turn: Turn, here: ConversationId, title: Callable[[ConversationId], str]) -> str:
    return "" if turn.conversation == here else f" ({title(turn.conversation) or 'another chat'})"


def _asks(turn: Turn) -> str:
    return _shorten(turn.prompt) if turn.keeps is None else "a summary of what was said"


def _shorten(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _SHOWN_PROMPT else f"{line[: _SHOWN_PROMPT - 3]}..."

"""Models, and what is done with them, in words. They are untrusted until they are sanitised."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import assert_never

from protocol.identity import ServerName
from protocol.model_commands import ModelPart
from protocol.models import InstalledModel, RunningModel, ServerSurvey, describe_emptiness, in_a_line
from protocol.progress import Layer, Progress
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    Job,
    JobState,
    LoadModel,
    ModelCard,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)

_LONGEST_NAME = 255
_FOR_EVER = 4_102_444_800.0
"""The year 2100: a model that is unloaded after that was told to stay."""
_LABEL = 20
_FIRST_LINE = 72
_GIGA, _MEGA, _KILO = 1e9, 1e6, 1e3


def unfit_name(name: str) -> str:
    """Say why a text cannot be the name of a model; empty where it may be one. Slashes are part of many."""
    if not name.isprintable() or not name or " " in name:
        return "That is no name of a model: it has characters that none has."
    return "That is no name of a model: it is too long." if len(name) > _LONGEST_NAME else ""


def size_words(size: int) -> str:
    """Return the size of a model as its server says it, in powers of 1000; empty for none."""
    if size >= _GIGA:
        return f"{size / _GIGA:.1f} GB"
    if size >= _MEGA:
        return f"{size / _MEGA:.0f} MB"
    if size >= _KILO:
        return f"{size / _KILO:.0f} kB"
    return f"{size} B" if size else ""


def progress_words(progress: Progress) -> str:
    """Say how far something is: in bytes, which never get less, else in the server's words."""
    total = progress.total
    if not total:
        return progress.status
    done, whole = size_words(progress.completed) or "0", size_words(total)
    unit = whole[whole.index(" ") :]
    return f"{done.removesuffix(unit)} of {whole}"


def layer_words(layer: Layer) -> str:
    """Say how far a layer is."""
    return f"{layer.name}  {layer.share:4.0%}  of {size_words(layer.total) or 'unknown size'}"


def doing(work: StoreWork) -> str:
    """Say what is done, of a model that is named behind it."""
    match work:
        case PullModel():
            return "pulling"
        case LoadModel():
            return "loading"
        case CreateModel():
            return "creating"


def job_words(job: Job) -> str:
    """Say how far something is, in one line."""
    how = progress_words(job.progress)
    if job.state is JobState.WAITING:
        why = f" ({job.failure.summary.rstrip('.')})" if job.failure else ""
        how = f"tried again in {job.delay:.0f} s{why}" + (f", {how}" if how else "")
    return f"{doing(job.work)} {job.model}: {how or 'begun'}"


def jobs_words(jobs: Iterable[Job], label: Callable[[ServerName], str] = lambda _: "") -> str:
    """Say how far all are: a line each, and below it one for each layer. `label` is how people call a server; empty
    where there is only one."""
    lines = []
    for job in jobs:
        where = label(job.server)
        lines.append(f"{where}: {job_words(job)}" if where else job_words(job))
        lines += [f"  {layer_words(layer)}" for layer in job.progress.layers]
    return "\n".join(lines) or "Nothing is being pulled. Get a model with /pull NAME."


def answered_words(question: StoreQuestion) -> str:
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


def refused_words(question: StoreQuestion) -> str:
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


def storeless_words(server: str) -> str:
    """Say that a server has models, and no requests to manage them. It may be the model inside chinwag."""
    return f"Only models of an Ollama server can be shown, pulled, copied, loaded or deleted: {server} is none."


def capability_words(capabilities: tuple[str, ...]) -> str:
    """Name what a model can do besides answering."""
    return " ".join(one for one in capabilities if one != "completion")


def models_words(survey: ServerSurvey, chosen: str | None) -> str:
    """List the models, a line each, the chosen one marked."""
    if survey.failure is not None:
        return str(survey.failure)
    if not survey.models:
        return describe_emptiness(survey)
    lines = [f" {'*' if one.name == chosen else ' '} {model_line(one, survey)}" for one in survey.models]
    return "\n".join([f"Models on {survey.server} (choose with /model NAME):", *lines])


def model_line(model: InstalledModel, survey: ServerSurvey) -> str:
    """Say what there is to say of a model, in one line."""
    running = survey.running_model(model.name)
    facts = [
        size_words(model.size),
        model.family,
        model.parameter_size,
        model.quantization,
        capability_words(model.capabilities),
        f"{datetime.fromtimestamp(model.modified):%Y-%m-%d}" if model.modified is not None else "",
        ", ".join(filter(None, ("loaded", until_words(running.expires)))) if running is not None else "",
    ]
    return f"{in_a_line(model.name)}  {'  '.join(filter(None, map(in_a_line, facts)))}".rstrip()


def running_words(survey: ServerSurvey) -> str:
    """List the models that are loaded, with their memory and how long they stay."""
    if survey.failure is not None:
        return str(survey.failure)
    if survey.running is None:
        return f"{survey.server} does not say which models are loaded."
    return "\n".join(map(running_line, survey.running)) or "No model is loaded."


def running_line(model: RunningModel) -> str:
    """Say of a loaded model how much memory it has, and how long."""
    context = f"context {model.context_length}" if model.context_length else ""
    return "  ".join(filter(None, [in_a_line(model.name), memory_words(model), context, until_words(model.expires)]))


def memory_words(model: RunningModel) -> str:
    """Say how much memory a loaded model has, and how much of it on a graphics processor."""
    whole = size_words(model.size)
    if not model.size or not model.size_vram:
        return f"{whole} on the CPU" if whole else ""
    share = min(100, model.size_vram * 100 // model.size)
    return f"{whole} on the GPU" if share == 100 else f"{whole}, {share} % on the GPU"


def until_words(expires: float | None) -> str:
    """Say until when a model stays loaded, in local time."""
    if expires is None:
        return ""
    if expires > _FOR_EVER:
        return "for ever"
    return f"until {datetime.fromtimestamp(expires):%H:%M}"


def card_words(card: ModelCard, part: str) -> str:
    """Show a part of what is known of a model."""
    match part:
        case ModelPart.LICENSE:
            return card.license.strip() or f"{card.name} comes without a license."
        case ModelPart.MODELFILE:
            return card.modelfile.strip() or f"Nothing is said of the Modelfile of {card.name}."
        case ModelPart.PARAMETERS:
            return card.parameters.strip() or f"{card.name} sets no parameters."
        case ModelPart.SYSTEM:
            return card.system.strip() or f"{card.name} has no system prompt of its own."
        case ModelPart.TEMPLATE:
            return card.template.strip() or f"{card.name} has no template."
        case _:
            return _info(card)


def _info(card: ModelCard) -> str:
    facts = {
        "architecture": card.family,
        "parameters": card.parameter_size,
        "quantization": card.quantization,
        "context length": _number(card.context_length),
        "embedding length": _number(card.embedding_length),
        "capabilities": " ".join(card.capabilities),
        "made of": card.parent,
        "format": card.format,
        "modified": f"{datetime.fromtimestamp(card.modified):%Y-%m-%d %H:%M}" if card.modified is not None else "",
        "license": _first_line(card.license),
        "system prompt": _first_line(card.system),
    }
    lines = [f"  {label:<{_LABEL}}{text}" for label, text in facts.items() if text]
    return "\n".join([card.name, *lines])


def _number(count: int | None) -> str:
    return f"{count:,}" if count is not None else ""


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= _FIRST_LINE else f"{line[: _FIRST_LINE - 3]}..."

"""SmolLM2-135M-Instruct, run in this process by OpenVINO GenAI. Nothing is sent home: see `load_model`."""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from protocol.message import Value


class Generation(Value, frozen=True):
    """How one run of the model went."""

    reason: str
    """`stop`, or `length` when the limit of tokens ended it."""
    prompt_tokens: int
    tokens: int
    prompt_seconds: float
    """From the start to the first token."""
    seconds: float
    """From the first token to the last."""


class TextModel(Protocol):
    """A loaded language model. One thread uses it."""

    def count(self, text: str) -> int:
        """Return how many tokens `text` is. Long texts may count as one full context, whatever their length."""
        ...

    def generate(self, prompt: str, limit: int, take: Callable[[str], bool]) -> Generation:
        """Continue `prompt` by at most `limit` tokens. Blocks until the end.

        Each piece of text goes to `take`, in a thread of the library's own; when that returns False, generation
        stops within one token. Before the first token it cannot be stopped.
        """
        ...


def load_model(path: Path) -> TextModel:
    """Load a GGUF file. Takes seconds and cannot be stopped; raises what OpenVINO raises (RuntimeError mostly).

    `import openvino` reports itself to an analytics service through openvino_telemetry, without asking. That module
    is made impossible to import first; OpenVINO then uses a stub of its own that does nothing.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment] # documented: makes the import fail
    import openvino_genai

    return _OpenvinoModel(openvino_genai, openvino_genai.LLMPipeline(str(path), "CPU"))


class _OpenvinoModel:
    """A `TextModel` over openvino_genai, which has no types."""

    def __init__(self, library: Any, pipeline: Any) -> None:
        self._library = library
        self._pipeline = pipeline
        self._tokenizer = pipeline.get_tokenizer()

    def count(self, text: str) -> int:
        """See `TextModel`; texts are cut at 8192 tokens by the tokenizer."""
        return int(self._tokenizer.encode(text).input_ids.shape[1])

    def generate(self, prompt: str, limit: int, take: Callable[[str], bool]) -> Generation:
        """See `TextModel`."""
        status = self._library.StreamingStatus

        def pass_on(piece: str) -> Any:
            return status.RUNNING if take(piece) else status.CANCEL

        return self._measure(self._pipeline.generate([prompt], self._settings(limit), pass_on))

    def _settings(self, limit: int) -> Any:
        """The model card's settings for chat, and a little against repetition; a new seed for each answer."""
        settings = self._library.GenerationConfig()
        settings.max_new_tokens = limit
        settings.apply_chat_template = False
        settings.do_sample = True
        settings.temperature = 0.2
        settings.top_p = 0.9
        settings.repetition_penalty = 1.1
        settings.rng_seed = random.getrandbits(31)
        return settings

    def _measure(self, result: Any) -> Generation:
        metrics = result.perf_metrics
        cut = self._library.GenerationFinishReason.LENGTH in result.finish_reasons
        first = metrics.get_ttft().mean / 1000
        return Generation(
            reason="length" if cut else "stop",
            prompt_tokens=metrics.get_num_input_tokens(),
            tokens=metrics.get_num_generated_tokens(),
            prompt_seconds=first,
            seconds=max(0.0, metrics.get_generate_duration().mean / 1000 - first),
        )

"""What is better done before the first reply is asked for: imports take longer than many a reply."""

import logging
import threading
from importlib import import_module

from ui.code import code_markup
from ui.heap import give_back_early
from ui.markdown_inline import inline_markup
from ui.markdown_parser import block_tokens
from ui.palette import Role

DELAY = 0.3
"""Seconds after the first paint: who writes the first prompt is not to wait for it."""

_OFTEN_WRITTEN = "python"
_SOON = ("ui.forewarning", "ui.context", "ui.attachment", "ui.tray_words", "ui.model_lists", "ui.job_words")
"""What is written, sent and answered needs these, and the first paint none of them."""

_logger = logging.getLogger(__name__)


def preload() -> None:
    """Begin, in a thread of its own, which the end of the program waits for. What fails now fails again when needed."""
    threading.Thread(target=_preload, name="preload").start()


def _preload() -> None:
    try:
        give_back_early()
        block_tokens("a\n\n- b\n")
        inline_markup("*a* `b`", Role.TEXT)
        code_markup("a = 1\n", _OFTEN_WRITTEN)
        for name in _SOON:
            import_module(name)
    except Exception:
        _logger.exception("What replies need cannot be imported")

"""The examples of the CommonMark specification. On purpose, HTML and link reference definitions are text here."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ui.markdown import MarkdownText

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "support" / "commonmark.json").read_text(encoding="utf-8")
)
_WORD = re.compile(r"[^\W_]+")
_HTML_TAG = re.compile(r"<[^>]*>")
_DEFINED = re.compile(r"^[> ]*\[[^\]]+\]:", re.MULTILINE)


def shown(markdown: str) -> str:
    text = MarkdownText()
    text.feed(markdown)
    return "\n".join(row.rstrip() for block in text.blocks for row in block.render((400,)).decoded_text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["example"]))
def test_every_word_of_every_example_is_shown(example: dict[str, Any]) -> None:
    source, rendered = example["markdown"], example["html"]
    measure = source if _DEFINED.search(source) else _HTML_TAG.sub(" ", rendered)
    words = _WORD.findall(html.unescape(measure))

    visible = shown(source)

    assert [word for word in words if word not in visible] == []

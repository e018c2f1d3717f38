"""The table of Ollama's API in README: each line of it has a test, and none is forgotten."""

import re

import pytest

from tests.readme.api_coverage import OUT_OF_SCOPE, ROWS, Row
from tests.support.program import ROOT


@pytest.mark.parametrize("row", [row for row in ROWS if row.test], ids=lambda row: f"{row.endpoint} {row.field}")
def test_what_is_used_is_held_by_a_test_that_exists(row: Row) -> None:
    path, _, name = row.test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_what_has_no_test_is_said_to_be_out_of_scope() -> None:
    assert [row for row in ROWS if bool(row.test) == row.used_by.startswith(OUT_OF_SCOPE)] == []


def test_every_endpoint_of_the_api_has_a_row() -> None:
    endpoints = {row.endpoint for row in ROWS if not row.field}
    assert endpoints == {
        "POST /api/chat",
        "POST /api/generate",
        "GET /api/tags",
        "GET /api/ps",
        "GET /api/version",
        "POST /api/show",
        "POST /api/pull",
        "DELETE /api/delete",
        "POST /api/copy",
        "POST /api/create",
        "HEAD, POST /api/blobs",
        "POST /api/push",
        "POST /api/embed",
        "POST /api/embeddings",
    }

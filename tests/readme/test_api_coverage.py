"""The table of Ollama's API in README: each line of it has a test, and none is forgotten."""

import re

import pytest

from tests.readme.api_coverage import OUT_OF_SCOPE, ROWS, Row
from tests.support.program import ROOT

API = {
    "POST /api/chat": "model messages messages.role messages.content messages.thinking messages.images "
    "messages.tool_calls messages.tool_name tools think format options stream keep_alive "
    "truncate shift logprobs top_logprobs",
    "POST /api/generate": "model prompt suffix images think format options system template stream raw keep_alive "
    "context",
    "GET /api/tags": "",
    "GET /api/ps": "",
    "GET /api/version": "",
    "POST /api/show": "model verbose",
    "POST /api/pull": "model insecure stream",
    "DELETE /api/delete": "model",
    "POST /api/copy": "source destination",
    "POST /api/create": "model from files adapters template renderer parser license system parameters messages stream "
    "quantize",
    "HEAD /api/blobs": "",
    "POST /api/blobs": "",
    "POST /api/push": "",
    "POST /api/embed": "",
    "POST /api/embeddings": "",
}
"""The endpoints of docs/api.md of Ollama v0.32, and the fields of their requests; of those out of scope none. The last
four of a chat are in api/types.go only."""


@pytest.mark.parametrize("row", [row for row in ROWS if row.test], ids=lambda row: f"{row.endpoint} {row.field}")
def test_what_is_used_is_held_by_a_test_that_exists(row: Row) -> None:
    path, _, name = row.test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_what_has_no_test_is_said_to_be_out_of_scope() -> None:
    assert [row for row in ROWS if bool(row.test) == row.used_by.startswith(OUT_OF_SCOPE)] == []


def test_every_endpoint_and_every_field_has_a_row() -> None:
    named = {endpoint: set[str]() for endpoint in API}
    for row in ROWS:
        named[row.endpoint] |= row.fields
    assert named == {endpoint: set(fields.split()) for endpoint, fields in API.items()}
    assert {row.endpoint for row in ROWS if not row.field} == set(API)

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.bench.laboratory import Laboratory
from tests.bench.replies import reply_to
from tests.bench.server import MODEL


@contextmanager
def asked(lab: Laboratory, path: str, prompt: str | None = None) -> Iterator[HTTPResponse]:
    with closing(HTTPConnection(lab.host, timeout=10)) as connection:
        body = None if prompt is None else json.dumps({"model": MODEL, "messages": [{"content": prompt}]})
        connection.request("GET" if prompt is None else "POST", path, body)
        with connection.getresponse() as response:
            yield response


@pytest.mark.parametrize("prompt", ["words 100", "words 20 at 1000", "markdown 900", "hostile 15"])
def test_a_prompt_is_answered_line_by_line_as_ollama_does(tmp_path: Path, prompt: str) -> None:
    with Laboratory(tmp_path) as lab, asked(lab, "/api/chat", prompt) as response:
        *lines, last = [json.loads(line) for line in response]

    assert tuple(line["message"]["content"] for line in lines) == reply_to(prompt).chunks
    assert [line["done"] for line in (*lines, last)] == [False] * len(lines) + [True]
    assert (last["model"], last["done_reason"], last["message"]["content"]) == (MODEL, "stop", "")


def test_a_chat_is_a_chunk_a_line_and_the_last_message_counts(tmp_path: Path) -> None:
    with Laboratory(tmp_path, ["words 3"]) as lab, closing(HTTPConnection(lab.host, timeout=10)) as connection:
        messages = [{"role": "user", "content": each} for each in ("words 1", "words 3")]
        connection.request("POST", "/api/chat", json.dumps({"model": MODEL, "messages": messages}))
        response = connection.getresponse()
        chunks = [response.read1() for _ in range(4)]

    assert [chunk.count(b"\n") for chunk in chunks] == [1, 1, 1, 1]


def test_when_each_chunk_was_sent_is_told(tmp_path: Path) -> None:
    with Laboratory(tmp_path) as lab:
        with asked(lab, "/api/chat", "words 5 at 500") as response:
            response.read()
        begun, sent = lab.wait("asked", "words 5 at 500"), lab.wait("sent", "words 5 at 500")

    assert len(sent.stamps) == 5
    assert [begun.at, *sent.stamps, sent.at] == sorted([begun.at, *sent.stamps, sent.at])
    assert lab.events == [begun, sent]


def test_a_burst_has_no_stamps(tmp_path: Path) -> None:
    with Laboratory(tmp_path) as lab:
        with asked(lab, "/api/chat", "words 5") as response:
            response.read()
        assert lab.wait("sent", "words 5").stamps == ()


def test_what_is_told_is_taken_even_while_nobody_waits_for_it(tmp_path: Path) -> None:
    prompts = [f"words {count} at 1000000" for count in range(9000, 9010)]
    with Laboratory(tmp_path) as lab:
        for prompt in prompts:
            with asked(lab, "/api/chat", prompt) as response:
                response.read()
        counts = [len(lab.wait("sent", prompt).stamps) for prompt in prompts]

    assert counts == [*range(9000, 9010)]


def test_a_client_that_leaves_is_noticed(tmp_path: Path) -> None:
    with Laboratory(tmp_path) as lab:
        with asked(lab, "/api/chat", "endless 3 at 100") as response:
            response.readline()
        lab.wait("gone", "endless 3 at 100")
        assert not lab.saw("sent", "endless 3 at 100")


def test_who_waits_for_the_first_chunk_and_leaves_is_noticed_too(tmp_path: Path) -> None:
    with Laboratory(tmp_path) as lab:
        with closing(HTTPConnection(lab.host, timeout=10)) as connection:
            connection.request("POST", "/api/chat", json.dumps({"messages": [{"content": "words 1 at 1 after 60"}]}))
            lab.wait("asked", "words 1 at 1 after 60")
        lab.wait("gone", "words 1 at 1 after 60")


@pytest.mark.parametrize(
    ("path", "status", "key"),
    [("/api/version", 200, "version"), ("/api/tags", 200, "models"), ("/api/ps", 200, "models"), ("/x", 404, "error")],
)
def test_it_says_what_it_has(tmp_path: Path, path: str, status: int, key: str) -> None:
    with Laboratory(tmp_path) as lab, asked(lab, path) as response:
        assert (response.status, list(json.loads(response.read()))) == (status, [key])

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import Category, Failure, ServerBusy, ServerRefusal, UnexpectedContent, WrongAddress
from protocol.ollama_errors import error_from_response, unwrap_error
from tests.support.recordings import Recording, recording, recordings

REFUSED = [recorded for recorded in recordings() if recorded.status != 200]
JSON = "application/json; charset=utf-8"
OTHER_MODEL = "Get it with `ollama pull nosuchmodel:1b`, or choose another with /model or -m."


def failure(status: int, body: object, content_type: str = JSON) -> Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from_response(status, content_type, data).failure


@pytest.mark.parametrize("recorded", REFUSED, ids=lambda recorded: recorded.name)
def test_a_recorded_error_is_told_in_the_servers_own_words(recorded: Recording) -> None:
    told = error_from_response(recorded.status, recorded.headers.get("content-type", ""), recorded.body).failure
    words = recorded.expected.error
    busy = recorded.status == 503
    assert words is not None
    assert told.summary.removesuffix(".").endswith((words or f"(status {recorded.status})").removesuffix("."))
    assert (told.category, told.status) == (Category.NETWORK if busy else Category.SERVER, recorded.status)


def test_an_unknown_model_says_how_to_get_one() -> None:
    recorded = recording("err_unknown_model")
    assert failure(404, recorded.body) == Failure(
        Category.SERVER,
        "The server does not have this model (status 404): model 'nosuchmodel:1b' not found.",
        OTHER_MODEL,
        "ServerRefusal",
        404,
    )


def test_an_unknown_path_doubts_the_address() -> None:
    assert failure(404, b"404 page not found", "text/plain") == Failure(
        Category.SERVER,
        "The server refused (status 404): 404 page not found.",
        "Check that the address is that of an Ollama server; that of one that speaks as OpenAI's ends in /v1.",
        "ServerRefusal",
        404,
    )


def test_a_full_queue_is_worth_another_try() -> None:
    assert failure(503, recording("busy_3_other_model").body) == Failure(
        Category.NETWORK,
        "The server is busy or away (status 503): server busy, please try again.  maximum pending requests exceeded.",
        "Try again in a moment.",
        "ServerBusy",
        503,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, UnexpectedContent),
        (300, WrongAddress),
        (301, WrongAddress),
        (308, WrongAddress),
        (400, ServerRefusal),
        (401, ServerRefusal),
        (403, ServerRefusal),
        (404, ServerRefusal),
        (429, ServerBusy),
        (500, ServerRefusal),
        (502, ServerBusy),
        (503, ServerBusy),
        (504, ServerBusy),
    ],
)
def test_the_status_decides_the_kind(status: int, kind: type[Exception]) -> None:
    assert type(error_from_response(status, JSON, b'{"error":"words"}')) is kind


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, ""),
        (
            401,
            "It wants to know who asks: set OLLAMA_API_KEY to its key, or write http://USER:PASSWORD@HOST with --host.",
        ),
        (403, "Ask the server's owner: OLLAMA_ORIGINS or a proxy forbids it."),
        (407, "Check the user and password in HTTP_PROXY or HTTPS_PROXY, or name the server in NO_PROXY."),
        (500, ""),
    ],
)
def test_a_refusal_without_a_word_has_its_status_and_advice(status: int, advice: str) -> None:
    summary = f"The server {'failed' if status == 500 else 'refused'} (status {status})."
    assert failure(status, b" \n") == Failure(Category.SERVER, summary, advice, "ServerRefusal", status)


def test_a_redirect_is_not_followed_but_told() -> None:
    assert failure(307, b"") == Failure(
        Category.PROTOCOL,
        "The server redirects to another address (status 307).",
        "Set OLLAMA_HOST or --host to the final address.",
        "WrongAddress",
        307,
    )


def test_a_success_that_is_no_reply_is_kept_for_the_log() -> None:
    error = error_from_response(202, JSON, b"later")
    assert isinstance(error, UnexpectedContent)
    assert (error.offending, str(error)) == (
        b"later",
        "The server answered with status 202, not with a chat. "
        "Check that the address is that of an Ollama server, and that no proxy is in the way.",
    )


def test_a_web_page_is_not_quoted() -> None:
    assert failure(502, b"<html><body>Bad gateway", "text/html; charset=utf-8").summary == (
        "The server is busy or away (status 502): "
        "it answered with a web page, so a proxy or another program may be in the way."
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'"plain words"', "plain words"),
        (b"not json at all", "not json at all"),
        (b'{"error":"one level"}', "one level"),
        (b'{"error":{"message":"an object","code":400}}', "an object"),
        (b'{"message":"without an error"}', "without an error"),
        (b'{"error":{"error":{"error":"nested objects"}}}', "nested objects"),
        (json.dumps({"error": json.dumps({"error": {"message": "JSON in a string"}})}).encode(), "JSON in a string"),
        (json.dumps(json.dumps(json.dumps({"error": "a string in a string"}))).encode(), "a string in a string"),
        (b'{"error":{"code":7}}', '{"code":7}'),
        (b'{"error":null}', "null"),
        (b'{"error":{"message":5}}', '{"message":5}'),
        (b'"503"', "503"),
        (b'"  spaces around  "', "spaces around"),
        (b'"caf\xe9"', "caf\ufffd"),
        (b"", ""),
    ],
)
def test_an_error_is_unwrapped(raw: bytes, words: str) -> None:
    assert unwrap_error(raw) == words


def test_long_words_are_cut() -> None:
    assert unwrap_error(json.dumps({"error": "x" * 501}).encode()) == "x" * 500 + " ..."
    assert unwrap_error(json.dumps({"error": "x" * 500}).encode()) == "x" * 500


def test_words_wrapped_too_deep_are_shown_as_they_are() -> None:
    assert unwrap_error(b'{"error":' * 10_000 + b'"x"' + b"}" * 10_000).startswith('{"error":{"error":')


@given(st.binary())
def test_any_bytes_have_words_of_bounded_length(raw: bytes) -> None:
    assert len(unwrap_error(raw)) <= 504


@given(st.integers(300, 599), st.sampled_from(["", JSON, "text/html", "text/plain"]), st.binary())
def test_any_response_has_an_error_with_a_sentence(status: int, content_type: str, body: bytes) -> None:
    told = error_from_response(status, content_type, body).failure
    assert told.summary.startswith("The server ")
    assert told.summary.endswith((".", "!", "?"))

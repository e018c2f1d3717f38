"""Every recorded error yields one sentence that says what happened, and, where something can be done, what.

A chat's goes through HTTP, the server of its dialect and a StreamReader; the others have no actor of their own here.
"""

import json
from collections.abc import Iterator

import pytest

from actors.cancel import CancelToken
from actors.credit import Credit
from actors.ollama_server import OllamaServer
from actors.openai_server import OpenAiServer
from actors.source import Server
from actors.stream_reader import StreamReader
from protocol.accumulator import AccumulatorMessage, StreamBroken
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.coordinator import NewsOfActors
from protocol.identity import StreamId, TurnId
from protocol.limits import ResourceLimits, TimeLimits
from protocol.ollama_errors import error_from_response, error_in_progress, unwrap_error
from protocol.server_address import parse_server
from protocol.server_settings import Dialect
from protocol.stream_reader import OpenStream
from tests.support.addresses import Recorder
from tests.support.answers import replay
from tests.support.leaks import nothing_left
from tests.support.recordings import Recording, recording, recordings
from tests.support.replay_server import ReplayServer
from tests.support.wire import Hold

CHATS = ("/api/chat", "/v1/chat/completions")
STREAM = StreamId(TurnId("turn"), 1)
IDLE = TimeLimits(idle=0.3)

READ = "The server cannot make sense of the request (status 400)"
CHANGED = "Something on the way may have changed it; where nothing is, please report it as a mistake of chinwag."
LONG = (
    "The prompt is too long for the context of the model (status 400): request (8080 tokens) exceeds the available "
    "context size (512 tokens), try increasing it. Enlarge that with /set num_ctx N, sum the chat up "
    "with /compact, or let the server cut it: /set truncate on."
)
LOAD_AGAIN = (
    "Its file may be damaged, or too new for the server: get it again with /pull broken, "
    "or choose another with /model or -m."
)
WEIGHTS = 'tensor "blk.12.ffn_gate.weight" offset+size (60127552) exceeds file size (60000000).'
NO_THINKING = (
    'This model cannot think (status 400): "smollm2:135m" does not support thinking. '
    "Switch that off with /set nothink, or choose another with /model or -m."
)
ENDED = "The process that runs the model ended (status 500)"
AGAIN = "Send again; where it ends again, the log of the server says why."
DIED = (
    "The server ended the reply with an error: an error was encountered while running the model: unexpected EOF. "
    f"{AGAIN} What came is kept."
)
BROKE = "The connection to URL broke (it ended before the reply did). Try again."
SILENT = "The server at URL was silent for longer than the time limit. Try again."
NO_MODEL = "No model was named (status 400): model is required. Choose one with /model or -m."
FORBIDDEN = "The server refused (status 403). Ask the server's owner: OLLAMA_ORIGINS or a proxy forbids it."


def lacks(name: str, here: str) -> str:
    """What is said where a server does not have a model."""
    return (
        f"The server does not have this model (status 404): model '{name}' not found. "
        f"Get it with /pull {here} (in a shell `chinwag models pull {here}`), or choose another with /model or -m."
    )


SENTENCES = {
    "busy_3_other_model": (
        "The server is busy or away (status 503): server busy, please try again.  maximum pending requests exceeded. "
        "Try again in a moment."
    ),
    "chat_format_bad_schema": (
        "The server cannot use this format (status 400): Field 'json_schema': \"json_schema\": JSON schema conversion "
        'failed:\nUnrecognized schema: {"type":"nosuchtype"}. '
        "Correct the JSON schema, or take the format back with /set noformat."
    ),
    "client_disconnect_close": BROKE,
    "client_disconnect_reset": BROKE,
    "cors_foreign_origin_403": FORBIDDEN,
    "ctx_small_truncate_false": LONG,
    "ctx_small_truncate_false_nostream": LONG,
    "delete_unknown": lacks("nosuchmodel", "nosuchmodel"),
    "err_bad_model_name": (
        "This is no name of a model (status 400): invalid model name. "
        "Write it like llama3.2:1b, or choose one with /model or -m."
    ),
    "err_empty_body": f"{READ}: missing request body. {CHANGED}",
    "err_json_array": f"{READ}: json: cannot unmarshal array into Go value of type api.ChatRequest. {CHANGED}",
    "err_malformed_json": f"{READ}: unexpected EOF. {CHANGED}",
    "err_malformed_json_2": f"{READ}: invalid character 'm' looking for beginning of object key string. {CHANGED}",
    "err_message_content_list": (
        f"{READ}: json: cannot unmarshal array into Go struct field Alias.content of type string. {CHANGED}"
    ),
    "err_messages_string": (
        f"{READ}: json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message. "
        f"{CHANGED}"
    ),
    "err_missing_model": NO_MODEL,
    "err_model_empty_string": NO_MODEL,
    "err_model_number": (
        f"{READ}: json: cannot unmarshal number into Go struct field ChatRequest.model of type string. {CHANGED}"
    ),
    "err_not_json": f"{READ}: invalid character 'h' looking for beginning of value. {CHANGED}",
    "err_unknown_model": lacks("nosuchmodel:1b", "nosuchmodel:1b"),
    "err_unknown_model_nostream": lacks("nosuchmodel:1b", "nosuchmodel:1b"),
    "foreign_host_header_403": FORBIDDEN,
    "images_bad_base64": (
        "The server cannot read the image (status 400): json: cannot unmarshal string into Alias.images.0 of type "
        "api.ImageData: illegal base64 data at input byte 0. Send it as PNG or JPEG, or without the image."
    ),
    "images_no_vision_gemma": (
        "This model cannot see images (status 400): Multimodal data provided, but model does not support multimodal "
        "requests. Choose one that can with /model or -m (/models says which), or send it without the image."
    ),
    "load_fails_truncated_header": (
        'The model could not be loaded (status 500): tensor "token_embd.weight" offset+size (31868992) exceeds file '
        f"size (3000000). {LOAD_AGAIN}"
    ),
    "load_fails_truncated_weights": f"The model could not be loaded (status 500): {WEIGHTS} {LOAD_AGAIN}",
    "load_fails_truncated_weights_nostream": f"The model could not be loaded (status 500): {WEIGHTS} {LOAD_AGAIN}",
    "model_name_no_tag": lacks("smollm2", "smollm2"),
    "native_ctx_small_long_prompt": LONG,
    "native_ctx_small_truncate_false": LONG,
    "options_bad_type": (
        'An option has a value of the wrong type (status 500): option "temperature" must be of type float32. '
        "Correct it with /set temperature VALUE."
    ),
    "pull_loopback_registry_refused": (
        'The server cannot reach the registry of the models: pull model manifest: Get "http://127.0.0.1:9/v2/x/y/'
        'manifests/z": dial tcp 127.0.0.1:9: connect: connection refused. '
        "Check the server's way to the internet, then try again."
    ),
    "pull_nonexistent": (
        'The server cannot reach the registry of the models: pull model manifest: Get "https://registry.ollama.ai/v2/'
        'library/nosuchmodel/manifests/1b": dial tcp: lookup registry.ollama.ai on 10.255.255.53:53: no such host. '
        "Check the server's way to the internet, then try again."
    ),
    "runner_hangs_mid_stream": SILENT,
    "runner_kill9_before_first_byte": (
        f"{ENDED}: an error was encountered while running the model: unexpected EOF. {AGAIN}"
    ),
    "runner_kill9_mid_stream": DIED,
    "runner_term_mid_stream": DIED,
    "server_kill9_mid_stream": BROKE,
    "show_unknown": lacks("nosuchmodel:1b", "nosuchmodel:1b"),
    "stream_bad_type": (
        f"{READ}: json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool. {CHANGED}"
    ),
    "think_high_no_support": NO_THINKING,
    "think_no_support": NO_THINKING,
    "tools_no_support": (
        "This model cannot use tools (status 400): registry.ollama.ai/library/smollm2:135m does not support tools. "
        "Choose one that can with /model or -m: /models says which."
    ),
    "unknown_path_404": (
        "The server refused (status 404): 404 page not found. Check that the address is that of an Ollama server; "
        "that of one that speaks as OpenAI's ends in /v1."
    ),
    "v1_empty_messages": f"{READ}: [] is too short - 'messages'. {CHANGED}",
    "v1_load_fails": (
        f"The model could not be loaded (status 500): {WEIGHTS} "
        "Its file may be damaged, or too new for the server: choose another with /model or -m."
    ),
    "v1_model_unknown": (
        "The server does not have this model (status 404): model 'nosuch:latest' not found. "
        "Choose another with /model or -m."
    ),
    "v1_runner_kill9_mid_stream": "The server's reply ended before it was done. What came is kept.",
    "v1_unknown_model": (
        "The server does not have this model (status 404): model 'nosuchmodel' not found. "
        "Choose another with /model or -m."
    ),
}
"""What is said of each; URL in the place of the server's address."""


def is_error(recorded: Recording) -> bool:
    """Whether the answer is a refusal, holds an error, or has no end."""
    ended = b"[DONE]" in recorded.body or b'"done":true' in recorded.body or b'"status":"success"' in recorded.body
    streams = recorded.path in (*CHATS, "/api/pull") and recorded.name != "v1_nostream"
    return recorded.status >= 300 or b'"error":' in recorded.body or (streams and not ended)


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def test_every_recorded_error_has_its_sentence_here() -> None:
    assert set(SENTENCES) == {each.name for each in recordings() if is_error(each)}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_recorded_error_says_what_happened_and_what_to_do(name: str) -> None:
    recorded = recording(name)
    assert (_said_of_chat(recorded) if recorded.path in CHATS else _said(recorded)) == SENTENCES[name]


def _said(recorded: Recording) -> str:
    if recorded.status != 200:
        settings = parse_server("http://here/v1" if recorded.path.startswith("/v1") else "http://here")
        kind = recorded.headers.get("content-type", "")
        return str(error_from_response(recorded.status, kind, recorded.body, settings, _model(recorded)))
    return str(error_in_progress(unwrap_error(recorded.body.splitlines()[-1])))


def _said_of_chat(recorded: Recording) -> str:
    accumulator, supervisor = Recorder[AccumulatorMessage](), Recorder[NewsOfActors]()
    hangs = Hold() if recorded.end == "client timeout" else None
    with ReplayServer(replay(recorded, end=hangs)) as server:
        source = _source(recorded, server.url)
        reader = StreamReader(STREAM, source, accumulator, supervisor, Credit(10**9), CancelToken(), ResourceLimits())
        reader.on_receive(OpenStream(STREAM, ChatRequest(_model(recorded), (ChatMessage(Role.USER, "Hi"),))))
        (*_, last) = accumulator.take()
        assert isinstance(last, StreamBroken)
        return str(last.failure).replace(server.url, "URL")


def _source(recorded: Recording, url: str) -> Server:
    settings = parse_server(f"{url}/v1" if recorded.path.startswith("/v1") else url)
    if settings.dialect is Dialect.OPENAI:
        return OpenAiServer(settings, IDLE, "1")
    return OllamaServer(settings, IDLE, "1")


def _model(recorded: Recording) -> str:
    try:
        model = json.loads(recorded.request or b"")["model"]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(model)

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import MalformedFrame
from protocol.ollama_store import (
    decode_show,
    decode_unloaded,
    decode_work_line,
    encode_copy,
    encode_create,
    encode_delete,
    encode_load,
    encode_pull,
    encode_show,
    encode_unload,
)
from protocol.parameters import Option
from protocol.progress import WorkError, WorkLine
from protocol.store import (
    AskDetails,
    Blueprint,
    CopyModel,
    CreateModel,
    DeleteModel,
    Fact,
    LoadModel,
    ModelCard,
    Part,
    PullModel,
    UnloadModel,
)
from tests.support.recordings import recording

MODEL = "smollm2:135m"
LAYER = "sha256:85b2513d3bee7e0800c0b3e7e4a567434cf163408333b7e7f8f10e93ff5176b5"
BEGUN = WorkLine("pulling manifest")


def recorded(name: str) -> dict[str, object]:
    sent = recording(name).request
    assert sent is not None
    body = json.loads(sent)
    assert isinstance(body, dict)
    return body


def test_the_bodies_are_those_of_the_recordings() -> None:
    assert json.loads(encode_show(AskDetails(MODEL))) == recorded("show_smollm2")
    assert json.loads(encode_copy(CopyModel(MODEL, "copyofsm"))) == recorded("copy_ok")
    assert json.loads(encode_delete(DeleteModel("copyofsm"))) == recorded("delete_ok")
    assert json.loads(encode_unload(UnloadModel(MODEL))) == {"model": MODEL, "keep_alive": 0, "stream": False}
    pull = PullModel("http://127.0.0.1:36657/library/pulled:1b", insecure=True)
    assert json.loads(encode_pull(pull)) == {**recorded("pull_ok_stream"), "stream": True}
    load = json.loads(encode_load(LoadModel("gemma3:270m", "-1")))
    assert load == {"model": "gemma3:270m", "messages": [], "stream": False, "keep_alive": -1}


def test_what_the_user_did_not_set_is_not_sent() -> None:
    assert json.loads(encode_pull(PullModel("tiny"))) == {"model": "tiny", "stream": True}
    assert json.loads(encode_load(LoadModel("tiny"))) == {"model": "tiny", "messages": [], "stream": False}
    assert json.loads(encode_create(CreateModel("new", "file"), Blueprint("tiny"))) == {
        "model": "new",
        "from": "tiny",
        "stream": True,
    }


def test_a_model_is_loaded_with_what_it_is_loaded_for() -> None:
    load = json.loads(encode_load(LoadModel("tiny", options=(Option("num_ctx", 512),))))
    assert load == {"model": "tiny", "messages": [], "stream": False, "options": {"num_ctx": 512}}


def test_all_that_is_known_of_a_model_is_asked_for_by_verbose() -> None:
    assert json.loads(encode_show(AskDetails("tiny", verbose=True))) == {"model": "tiny", "verbose": True}


@pytest.mark.parametrize(
    ("written", "sent"), [("10m", "10m"), ("300", 300), ("-1", -1), ("1.5", 1.5), ("1e999", "1e999")]
)
def test_a_number_for_keep_alive_is_sent_as_one(written: str, sent: object) -> None:
    assert json.loads(encode_load(LoadModel("tiny", written)))["keep_alive"] == sent


def test_every_part_of_a_modelfile_is_sent_as_json_has_it() -> None:
    parts = Blueprint(
        "tiny",
        "Be brief.",
        "{{ .Prompt }}",
        (("temperature", "0.5"), ("num_ctx", "4096"), ("stop", "1"), ("stop", "USER:"), ("use_mmap", "true")),
        ("MIT", "and more"),
        (Part("user", "Hi"), Part("assistant", "Ho")),
        "qwen3",
        "qwen3-coder",
    )
    assert json.loads(encode_create(CreateModel("new", "file", "q4_K_M"), parts)) == {
        "model": "new",
        "from": "tiny",
        "system": "Be brief.",
        "template": "{{ .Prompt }}",
        "parameters": {"temperature": 0.5, "num_ctx": 4096, "stop": ["1", "USER:"], "use_mmap": True},
        "license": ["MIT", "and more"],
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}],
        "renderer": "qwen3",
        "parser": "qwen3-coder",
        "quantize": "q4_K_M",
        "stream": True,
    }


@pytest.mark.parametrize("name", ["show_smollm2", "show_name_field_old"])
def test_a_recorded_model_is_read_whole(name: str) -> None:
    card = decode_show(MODEL, recording(name).body)
    said = json.loads(recording(name).body)
    assert (card.family, card.parameter_size, card.quantization, card.format) == ("llama", "134.52M", "Q4_1", "gguf")
    assert (card.capabilities, card.context_length, card.embedding_length) == (("completion",), 8192, 576)
    assert (card.modelfile, card.template, card.system) == (said["modelfile"], said["template"], said["system"])
    assert (card.parameters, card.license, card.modified) == (said["parameters"], "", 1795339114.932101)
    assert Fact("general.license", "apache-2.0") in card.info
    assert Fact("tokenizer.ggml.add_bos_token", "false") in card.info


def test_an_old_server_says_little_of_a_model() -> None:
    assert decode_show("old", b"{}") == ModelCard("old")
    nulls = b'{"details":null,"model_info":null,"capabilities":null,"license":null,"modelfile":null}'
    assert decode_show("old", nulls) == ModelCard("old")


def test_several_licenses_are_one_text() -> None:
    assert decode_show("tiny", b'{"license":["MIT","GPL"]}').license == "MIT\n\nGPL"


@pytest.mark.parametrize(
    "info",
    ['{"llama.context_length":"8192"}', '{"llama.context_length":1e300}', '{"llama.context_length":true}', "{}"],
)
def test_a_length_that_is_none_counts_as_not_said(info: str) -> None:
    body = json.dumps({"model_info": {"general.architecture": "llama", **json.loads(info)}}).encode()
    assert decode_show("tiny", body).context_length is None


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"template":5}'])
def test_what_is_no_card_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode_show("tiny", body)


@pytest.mark.parametrize("name", ["generate_unload", "keep_alive_0_unload", "keep_alive_0_unload_again"])
def test_a_recorded_unload_is_done(name: str) -> None:
    decode_unloaded(recording(name).body)


@pytest.mark.parametrize("body", [b"{}", b'{"done":false}', b""])
def test_an_unload_that_is_not_done_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode_unloaded(body)


@pytest.mark.parametrize("name", ["load_keepalive_forever", "messages_empty_load"])
def test_a_recorded_load_is_one_line_that_says_it_is_done(name: str) -> None:
    assert decode_work_line(recording(name).body) == [WorkLine(done=True)]


def test_a_recorded_pull_is_read_to_its_end() -> None:
    lines = [frame for line in recording("pull_ok_stream").body.splitlines() for frame in decode_work_line(line)]
    assert lines[:2] == [BEGUN, WorkLine("pulling 85b2513d3bee", LAYER, 16240004, 524288)]
    assert lines[-3:] == [
        WorkLine("verifying sha256 digest"),
        WorkLine("writing manifest"),
        WorkLine("success", done=True),
    ]
    assert decode_work_line(recording("pull_ok_nostream").body) == [WorkLine("success", done=True)]


@pytest.mark.parametrize("name", ["pull_nonexistent", "pull_loopback_registry_refused"])
def test_a_recorded_pull_that_fails_says_so_in_its_last_line(name: str) -> None:
    lines = [frame for line in recording(name).body.splitlines() for frame in decode_work_line(line)]
    begun, error = lines
    assert begun == BEGUN
    assert isinstance(error, WorkError)
    assert error.words.startswith("pull model manifest: Get ")


@pytest.mark.parametrize("absurd", ["-1", "1e300", "-1e300", "9" * 40, "null", "0.5e-9"])
def test_numbers_that_cannot_be_do_not_break_a_pull(absurd: str) -> None:
    said = f'{{"status":"pulling","digest":"d","total":{absurd},"completed":{absurd}}}'
    (frame,) = decode_work_line(said.encode())
    assert isinstance(frame, WorkLine)
    assert frame.total in (None, 0)
    assert frame.completed in (None, 0)


@pytest.mark.parametrize("line", [b"", b"<html>", b"[]", b"{}", b'{"status":5}', b"\xff", b"[" * 100_000])
def test_what_is_no_line_of_a_pull_is_malformed(line: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode_work_line(line)


@given(st.binary())
def test_any_bytes_decode_or_are_malformed(body: bytes) -> None:
    for decode in (decode_work_line, decode_unloaded, lambda body: decode_show("tiny", body)):
        try:
            decode(body)
        except MalformedFrame:
            continue

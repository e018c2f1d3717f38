import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import MalformedFrame
from protocol.models import InstalledModel, RunningModel
from protocol.ollama_models import decode_models, decode_running, decode_version
from tests.support.recordings import recording

DEEP = pytest.param(b"[" * 100_000, id="deep nesting")


def test_the_recorded_version_is_read() -> None:
    assert decode_version(recording("version").body) == "0.32.15"


def test_the_recorded_models_are_read_in_the_servers_order() -> None:
    assert decode_models(recording("tags").body) == (
        InstalledModel("smollm2-think:135m", 98363244, "llama", "134.52M", "Q4_1", ("completion", "thinking")),
        InstalledModel("gemma3:270m", 253113835, "gemma3", "268.10M", "Q4_K_M", ("completion",)),
        InstalledModel("smollm2-tools:135m", 98363973, "llama", "134.52M", "Q4_1", ("completion", "tools")),
        InstalledModel("smollm2:135m", 98362813, "llama", "134.52M", "Q4_1", ("completion",)),
    )


def test_the_recorded_running_models_are_read() -> None:
    assert decode_running(recording("ps_two_loaded_one_forever").body) == (
        RunningModel("gemma3:270m", 287246908, 4096),
        RunningModel("smollm2:135m", 209505483, 4096),
    )


@pytest.mark.parametrize("body", [b'{"models":[]}', b'{"models":null}', b"{}"])
def test_a_server_may_have_no_model(body: bytes) -> None:
    assert decode_models(body) == ()
    assert decode_running(body) == ()


def test_an_old_server_says_little_of_a_model() -> None:
    assert decode_models(b'{"models":[{"name":"old","capabilities":null}]}') == (InstalledModel("old"),)
    assert decode_running(b'{"models":[{"name":"old"}]}') == (RunningModel("old"),)


def test_null_counts_as_not_said() -> None:
    details = b'{"family":null,"parameter_size":null,"quantization_level":null}'
    body = b'{"models":[{"name":"a","size":null,"details":%b},{"name":"b","details":null}]}'
    assert decode_models(body % details) == (InstalledModel("a"), InstalledModel("b"))
    assert decode_running(body % details) == (RunningModel("a"), RunningModel("b"))


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"models":[{}]}', b'{"models":[{"name":5}]}', b'{"models":{}}', b"\xff", DEEP]
)
def test_what_is_not_a_list_of_models_is_malformed(body: bytes) -> None:
    for decode in (decode_models, decode_running):
        with pytest.raises(MalformedFrame):
            decode(body)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"version":5}', b'{"version":null}', b'"0.1"'])
def test_what_is_not_a_version_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode_version(body)


def test_the_fault_names_the_path_and_the_place() -> None:
    with pytest.raises(MalformedFrame) as caught:
        decode_version(b'{"version":5}')
    assert str(caught.value) == (
        "The server's answer to /api/version is not Ollama's (Expected `str`, got `int` - at `$.version`). "
        "Check that the address is that of an Ollama server."
    )


@given(st.binary())
def test_any_bytes_decode_or_are_malformed(body: bytes) -> None:
    for decode in (decode_version, decode_models, decode_running):
        try:
            decode(body)
        except MalformedFrame:
            continue

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


THINK = "8ea0e11f732bf3bec9173f27da45e6eeb232dbe863e57f6a7b00453f99bcdd04"
GEMMA = "e6eb5c493dea1572d755ec14dbfa5af2ae68948d014b92402f31095a7af05106"
TOOLS = "541393a64bca64afe16cac5ac42b27f0e23926d39aaa17c5e45a19ef6da99179"
SMOL = "321f3f3d8581b20b92636ee10dcce285490002b7b795b40a0532150b6f9a04cd"


def installed(name: str, size: int, digest: str, modified: float, *more: str) -> InstalledModel:
    return InstalledModel(name, size, "llama", "134.52M", "Q4_1", ("completion", *more), modified, digest, 8192)


def test_the_recorded_models_are_read_in_the_servers_order() -> None:
    gemma = "gemma3:270m", 253113835, "gemma3", "268.10M", "Q4_K_M", ("completion",), 1795339117.80861, GEMMA, 32768
    assert decode_models(recording("tags").body) == (
        installed("smollm2-think:135m", 98363244, THINK, 1795339117.847614, "thinking"),
        InstalledModel(*gemma),
        installed("smollm2-tools:135m", 98363973, TOOLS, 1795339117.824354, "tools"),
        installed("smollm2:135m", 98362813, SMOL, 1795339114.932101),
    )


def test_the_recorded_running_models_are_read_with_their_memory_and_their_end() -> None:
    assert decode_running(recording("ps_two_loaded_one_forever").body) == (
        RunningModel("gemma3:270m", 287246908, 4096, 0, 11018711250.896015, GEMMA),
        RunningModel("smollm2:135m", 209505483, 4096, 0, 1795339514.03869, SMOL),
    )


@pytest.mark.parametrize(
    "when", ["0001-01-01T00:00:00Z", "soon", "", "9" * 400, "10000-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_that_is_none_counts_as_not_said(when: str) -> None:
    assert decode_models(b'{"models":[{"name":"a","modified_at":"%b"}]}' % when.encode()) == (InstalledModel("a"),)
    assert decode_running(b'{"models":[{"name":"a","expires_at":"%b"}]}' % when.encode()) == (RunningModel("a"),)


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


ODD = (b"{}", b'{"name":5}', b'{"name":"b","capabilities":"all"}', b"7", b"null")


@pytest.mark.parametrize("odd", ODD)
def test_an_entry_that_makes_no_sense_is_passed_over_and_the_others_can_be_used(odd: bytes) -> None:
    body = b'{"models":[%b,{"name":"a"}]}' % odd
    assert decode_models(body) == (InstalledModel("a"),)
    assert decode_running(body) == (RunningModel("a"),)


@pytest.mark.parametrize("number", [b"1e308", b"1.5e30", b"-2", b"-0.5"])
def test_a_number_that_cannot_be_counts_as_not_said(number: bytes) -> None:
    details = b'"details":{"context_length":%b}' % number
    body = b'{"models":[{"name":"a","size":%b,"context_length":%b,"size_vram":%b,%b}]}'
    assert decode_models(body % (number, number, number, details)) == (InstalledModel("a"),)
    assert decode_running(body % (number, number, number, details)) == (RunningModel("a"),)


def test_a_number_may_be_written_with_a_point() -> None:
    assert decode_models(b'{"models":[{"name":"a","size":2.5e9}]}') == (InstalledModel("a", 2_500_000_000),)


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

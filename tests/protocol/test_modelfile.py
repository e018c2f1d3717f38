import pytest

from protocol.errors import InterfaceError
from protocol.modelfile import parse_modelfile
from protocol.store import Blueprint, Part

WHOLE = '''\
# a pirate
FROM smollm2:135m
parameter temperature 0.5
PARAMETER stop "USER: "
SYSTEM """You are a pirate.
  Say "arr".
"""
TEMPLATE "{{ .Prompt }}"
LICENSE """MIT"""
RENDERER qwen3-coder
PARSER qwen3-coder
MESSAGE user Who are you?
MESSAGE assistant """A pirate.
Arr."""
'''


def test_every_part_is_read() -> None:
    assert parse_modelfile(WHOLE) == Blueprint(
        "smollm2:135m",
        'You are a pirate.\n  Say "arr".\n',
        "{{ .Prompt }}",
        (("temperature", "0.5"), ("stop", "USER: ")),
        ("MIT",),
        (Part("user", "Who are you?"), Part("assistant", "A pirate.\nArr.")),
        "qwen3-coder",
        "qwen3-coder",
    )


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("SYSTEM hi", "The Modelfile has no FROM."),
        ("FROM ./weights.gguf", "Line 1 of the Modelfile: FROM names the file './weights.gguf'."),
        ("FROM a\n\nADAPTER ./x", "Line 3 of the Modelfile: ADAPTER needs files of the server."),
        ("FROM a\nFORM b", "Line 2 of the Modelfile: there is no instruction 'FORM'."),
        ("FROM a\nMESSAGE robot hi", "Line 2 of the Modelfile: there is no role 'robot'."),
        ("FROM a\nPARAMETER seed", "Line 2 of the Modelfile: a part is missing."),
        ('FROM a\nSYSTEM """x', 'Line 2 of the Modelfile: the text that begins with """ has no end.'),
        ('FROM a\nSYSTEM """x""" y', 'Line 2 of the Modelfile: something stands behind """.'),
        ("FROM", "Line 1 of the Modelfile: FROM says nothing."),
    ],
)
def test_a_mistake_names_its_line(text: str, mistake: str) -> None:
    with pytest.raises(InterfaceError) as caught:
        parse_modelfile(text)
    assert caught.value.failure.summary == mistake
    assert caught.value.failure.advice

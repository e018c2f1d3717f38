import pytest

from tests.support.typing import typed


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("enter", "\r"),
        ("esc", "\x1b"),
        ("f3", "\x1bOR"),
        ("meta m", "\x1bm"),
        ("meta enter", "\x1b\r"),
        ("ctrl d", "\x04"),
        ("2", "2"),
    ],
)
def test_a_key_is_sent_as_an_xterm_sends_it(key: str, sent: str) -> None:
    assert typed(key) == sent

import pytest

from tests.screenshots.steady import steady
from tests.support.emulator import Emulator


@pytest.mark.parametrize(
    ("text", "steadied"),
    [
        ("ready  first token 0.0 s", "ready  first token 0.4 s"),
        ("thought for 0 s  Ctrl-T", "thought for 6 s  Ctrl-T"),
        ("answering 1 s  48 tokens/s", "answering 3 s  43 tokens/s"),
        ("on 127.0.0.1:38701", "on 127.0.0.1:11434"),
        ("日本 thought for 9 s", "日本 thought for 6 s"),
        ("in 9 s, at 10:38", "in 9 s, at 10:38"),
    ],
)
def test_what_differs_from_run_to_run_is_replaced_and_nothing_else(text: str, steadied: str) -> None:
    emulator = Emulator(40, 1)
    emulator.feed(text.encode())
    assert "".join(cell.text for cell in steady(emulator.shot()).rows[0]).rstrip() == steadied

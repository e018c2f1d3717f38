import shutil
import subprocess

import pytest

from tests.man_page.page import PAGE, man_page
from ui.environment import environment
from ui.exit_status import EXIT_STATUSES


def test_the_man_page_is_that_of_the_program() -> None:
    assert PAGE.read_text(encoding="utf-8") == man_page(), "python -m tests.man_page makes it anew"


def test_it_holds_every_variable_and_every_status() -> None:
    for name, _ in (*environment(), *EXIT_STATUSES):
        assert f"\\fB{name}\\fR" in man_page().replace("\\-", "-")


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_has_nothing_to_say() -> None:
    done = subprocess.run(["mandoc", "-Tlint", PAGE], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_shows_it() -> None:
    env = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "80"}
    done = subprocess.run(["man", "-l", PAGE], capture_output=True, text=True, timeout=30, env=env)
    assert done.returncode == 0, done.stderr
    assert "EXIT STATUS" in done.stdout

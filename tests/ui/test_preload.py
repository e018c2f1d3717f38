import subprocess
import sys

from tests.support.program import ROOT

SCRIPT = """
import sys, threading
import ui.preload
before = "markdown_it" in sys.modules, "pygments.lexers.python" in sys.modules
ui.preload.preload()
for thread in threading.enumerate():
    if thread.name == "preload":
        thread.join()
print(before, "markdown_it" in sys.modules, "pygments.lexers.python" in sys.modules)
"""


def test_what_replies_need_is_there_before_the_first_one() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "(False, False) True True\n"

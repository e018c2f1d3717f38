import subprocess
import sys

from tests.support.program import ROOT

LEAVES_A_THREAD = """
import threading
from ui.main import leave

threading.Thread(target=threading.Event().wait).start()
print("said")
leave(3, threads_left=True)
"""


def test_threads_that_nobody_can_end_do_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES_A_THREAD], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said\n", "")

import platform
import subprocess
import sys

import pytest

from tests.support.program import ROOT

SCRIPT = """
import os
from pathlib import Path
from ui.heap import give_back_early

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

wished = give_back_early()
once = bytearray(2_000_000)
del once
before = resident()
blocks = [bytearray(b"x") * 500_000 for _ in range(40)]
last = blocks.pop()
del blocks
print(wished, resident() - before < 2_000_000)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_large_blocks_go_back_to_the_system_when_they_are_free() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "True True\n"

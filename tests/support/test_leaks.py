import os
import subprocess
import threading

import pytest

from tests.support.leaks import nothing_left


def test_a_block_that_cleans_up_passes() -> None:
    with nothing_left():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        subprocess.run(["true"], check=True)
        os.close(os.open("/dev/null", os.O_RDONLY))


def test_a_descriptor_left_open_is_named() -> None:
    left: list[int] = []
    with pytest.raises(AssertionError, match="/dev/null"), nothing_left():
        left.append(os.open("/dev/null", os.O_RDONLY))
    os.close(left[0])


def test_a_child_left_running_is_named() -> None:
    with pytest.raises(AssertionError) as caught, nothing_left():
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    assert str(child.pid) in str(caught.value)
    child.communicate()


def test_a_thread_that_is_about_to_end_is_waited_for() -> None:
    with nothing_left():
        threading.Timer(0.05, lambda: None).start()

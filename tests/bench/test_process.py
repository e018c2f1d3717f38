import os
import subprocess
import sys
import threading

from tests.bench.process import cpu_seconds, resident_bytes, thread_seconds

_WORK = "sum(range(3_000_000))"


def test_work_is_counted_to_less_than_a_tick_of_the_kernel() -> None:
    before = cpu_seconds(os.getpid())
    exec(_WORK)
    between, after = cpu_seconds(os.getpid()), cpu_seconds(os.getpid())

    assert before < between < after


def test_threads_and_children_that_have_ended_are_counted() -> None:
    before = cpu_seconds(os.getpid())
    thread = threading.Thread(target=exec, args=(_WORK,))
    thread.start()
    thread.join()
    between = cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", _WORK], check=True)

    assert before < between < cpu_seconds(os.getpid())


def test_each_thread_has_a_cost_of_its_own() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    spent = thread_seconds(os.getpid())
    done.set()
    thread.join()

    assert {os.getpid(), thread.native_id} <= spent.keys()
    assert spent[thread.native_id or 0] < spent[os.getpid()]


def test_children_take_memory_too() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        both, own = resident_bytes(os.getpid()), resident_bytes(child.pid)
        child.communicate(b"\n")

    assert 0 < own < both


def test_who_is_gone_costs_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()

    assert (cpu_seconds(child.pid), resident_bytes(child.pid)) == (0.0, 0)

"""Where the time of a chunk goes: the program under a sampling profiler, and its samples by what they were at.

py-spy stops the program many times a second and looks where the thread is that has the interpreter's lock. Such a
sample belongs to the innermost frame whose file is known below; what the standard library does belongs to who called
it. The kernel knows what each thread has cost, system calls included, in a run without a profiler: a thread's samples
share that.
"""

import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from protocol.message import Value
from tests.bench.asking import Asking
from tests.bench.laboratory import Laboratory
from tests.bench.process import thread_seconds
from tests.bench.replies import reply_to
from tests.bench.window import Window

PARTS = ("read", "decode", "mailbox", "accumulate", "keep", "model", "layout", "draw", "other")

_FILES = (
    ("protocol/ndjson.py", "decode"),
    ("protocol/ollama_chat.py", "decode"),
    ("actors/ollama_server.py", "read"),
    ("actors/http_connection.py", "read"),
    ("urllib3/", "read"),
    ("requests/", "read"),
    ("http/", "read"),
    ("actors/accumulator.py", "accumulate"),
    ("protocol/frames.py", "accumulate"),
    ("actors/actor.py", "mailbox"),
    ("actors/credit.py", "mailbox"),
    ("actors/cancel.py", "mailbox"),
    ("actors/crossroads.py", "mailbox"),
    ("actors/port.py", "mailbox"),
    ("actors/vitals.py", "mailbox"),
    ("actors/stream_reader.py", "mailbox"),
    ("pykka/", "mailbox"),
    ("queue.py", "mailbox"),
    ("ui/bridge.py", "mailbox"),
    ("ui/inbox.py", "mailbox"),
    ("ui/event_queue.py", "mailbox"),
    ("actors/", "keep"),
    ("sqlite3/", "keep"),
    ("ui/model.py", "model"),
    ("ui/turn.py", "model"),
    ("ui/conversation.py", "model"),
    ("ui/sanitiser.py", "model"),
    ("ui/moment.py", "model"),
    ("ui/app.py", "other"),
    ("ui/pacer.py", "other"),
    ("ui/launch.py", "other"),
    ("ui/main.py", "other"),
    ("ui/screen_chat.py", "other"),
    ("ui/terminal.py", "draw"),
    ("ui/steady.py", "draw"),
    ("urwid/display/", "draw"),
    ("urwid/canvas.py", "draw"),
    ("urwid/event_loop/", "other"),
    ("urwid/", "layout"),
    ("markdown_it/", "layout"),
    ("pygments/", "layout"),
    ("ui/", "layout"),
)
"""The first one that a file begins with decides."""

_RATE = 1000
_MOST = 12
_BEAT = 0.02
_BEGUN = 0.3
"""Seconds after which every thread is at work."""
_THREAD = re.compile(r"thread \(\d+\): (.*?)(?:-\d+)?\Z")
_DUMPED = re.compile(r'^Thread (\d+) .*"(.*?)(?:-\d+)?"$', re.MULTILINE)
_NAMELESS = "nameless"
_SCENES = {"burst": "words 60000 of v", "Markdown at 100/s": "markdown 12000 at 100 of u"}


class Profile(Value, frozen=True):
    """What was found about one scene."""

    name: str
    chunks: int
    threads: dict[str, float]
    """Seconds of processor time of the threads of each name, from Enter to the last word, without the profiler."""
    stacks: dict[str, int]
    """Frames from the outermost to the innermost, `;` between them, and how often they were seen."""

    def costs(self) -> dict[str, float]:
        """Microseconds of processor time for a chunk in each of these stacks, and in threads that were never seen."""
        seen = Counter[str]()
        for stack, count in self.stacks.items():
            seen[thread_of(stack)] += count
        whole = {name: seconds * 1e6 / self.chunks for name, seconds in self.threads.items()}
        costs = {f"thread (0): {name}": cost for name, cost in whole.items() if not seen[name]}
        for stack, count in self.stacks.items():
            name = thread_of(stack)
            costs[stack] = whole.get(name, 0.0) * count / seen[name]
        return costs


def profile(lab: Laboratory, folder: Path) -> str:
    """Profile each scene, leave the stacks in the folder, and say what was found."""
    folder.mkdir(parents=True, exist_ok=True)
    return describe([_profile(lab, name, prompt, folder) for name, prompt in _SCENES.items()], folder)


def prompts() -> list[str]:
    """Those whose replies must be encoded before they are asked."""
    return list(_SCENES.values())


def part_of(stack: str) -> str:
    """What a stack was at."""
    for frame in reversed(stack.split(";")):
        file = frame.rpartition("(")[2]
        for beginning, part in _FILES:
            if file.startswith(beginning):
                return part
    return "other"


def thread_of(stack: str) -> str:
    """The name of the thread, without the number behind it."""
    found = _THREAD.match(stack.partition(";")[0])
    return found[1] if found else _NAMELESS


def read_names(dump: str) -> dict[int, str]:
    """The names of the threads, by their numbers, in what `py-spy dump` says."""
    return {int(number): name for number, name in _DUMPED.findall(dump)}


def read_stacks(lines: Iterable[str]) -> dict[str, int]:
    """What py-spy wrote: stacks, each with its count behind the last blank."""
    counts = Counter[str]()
    for line in lines:
        stack, _, count = line.rstrip("\n").rpartition(" ")
        counts[stack] += int(count)
    return dict(counts)


def describe(profiles: Sequence[Profile], folder: Path) -> str:
    """The parts of every scene, its threads, and the functions that cost most."""
    tables = [_table("where the time of a chunk goes, in µs of processor time", profiles, part_of, PARTS)]
    threads = sorted({thread_of(stack) for each in profiles for stack in each.costs()})
    tables.append(_table("the same by threads", profiles, lambda stack: thread_of(stack), threads))
    tables += ["\n".join([_heading(each), *_dearest(each)]) for each in profiles]
    return "\n\n".join([*tables, f"The stacks are in {folder}, as flame graphs are made of."])


def _table(title: str, profiles: Sequence[Profile], kind: Callable[[str], str], kinds: Sequence[str]) -> str:
    lines = [title, f"{'':24}" + "".join(f"{each.name:>24}" for each in profiles)]
    costs = [_summed(each, kind) for each in profiles]
    for name in kinds:
        lines.append(f"{name:24}" + "".join(_cell(cost[name], cost.total()) for cost in costs))
    lines.append(f"{'all':24}" + "".join(_cell(cost.total(), cost.total()) for cost in costs))
    return "\n".join(lines)


def _cell(cost: float, whole: float) -> str:
    return f"{cost:16.1f}{100 * cost / (whole or 1.0):6.0f} %"


def _summed(found: Profile, kind: Callable[[str], str]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for stack, cost in found.costs().items():
        summed[kind(stack)] += cost  # type: ignore[assignment]
    return summed


def _heading(found: Profile) -> str:
    return f"{found.name}: the functions that cost most, by {sum(found.stacks.values()):,} samples"


def _dearest(found: Profile) -> Iterator[str]:
    costs = _summed(found, lambda stack: stack.rpartition(";")[2].rpartition(":")[0] + ")")
    for function, cost in costs.most_common(_MOST):
        yield f"{cost:8.2f} µs  {function}"


def _profile(lab: Laboratory, name: str, prompt: str, folder: Path) -> Profile:
    file = folder / f"{name.partition(' ')[0].lower()}.stacks"
    threads = _threads(lab, prompt)
    with lab.opened() as window:
        profiler = _spy(
            "record",
            "--format",
            "raw",
            "--threads",
            "--gil",
            "--rate",
            str(_RATE),
            "--duration",
            "600",
            "--output",
            str(file),
            "--pid",
            str(window.pid),
        )
        window.read_for(1.0)
        Asking(lab, window, prompt).shown()
        profiler.send_signal(signal.SIGINT)
        profiler.communicate()
    return Profile(name, len(reply_to(prompt).chunks), threads, read_stacks(file.read_text().splitlines()))


def _threads(lab: Laboratory, prompt: str) -> dict[str, float]:
    """Seconds of processor time by the names of threads, which is all that this run is asked for by py-spy."""
    with lab.opened() as window:
        window.read_for(1.0)
        asking = Asking(lab, window, prompt)
        with _watched(window.pid) as costs:
            window.read_for(_BEGUN)
            names = _names(window)
            asking.shown()
        spent = Counter[str]()
        for thread, cost in costs.items():
            spent[names.get(thread, _NAMELESS)] += cost  # type: ignore[assignment]
        return dict(spent)


def _names(window: Window) -> dict[int, str]:
    dumping = _spy("dump", "--pid", str(window.pid))
    while dumping.poll() is None:
        window.read_for(0.01)
    return read_names(dumping.communicate()[0].decode())


def _spy(*arguments: str) -> subprocess.Popen[bytes]:
    """Start py-spy. What it has to say is kept from the terminal of who measures."""
    program = str(Path(sys.executable).with_name("py-spy"))
    return subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@contextmanager
def _watched(pid: int) -> Iterator[dict[int, float]]:
    """What each thread costs while the block runs, also of those that end in it."""
    before, latest, done = thread_seconds(pid), dict[int, float](), threading.Event()

    def watch() -> None:
        while not done.wait(_BEAT):
            latest.update(thread_seconds(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    costs = dict[int, float]()
    try:
        yield costs
    finally:
        done.set()
        watcher.join()
    costs.update({thread: spent - before.get(thread, 0.0) for thread, spent in latest.items()})

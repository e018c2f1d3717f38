"""A server in a process of its own, which does what prompts tell it: `python -m tests.soak.load.server`.

`words 20` is a reply of twenty words, `flood 1000000` as many in large pieces, `endless` never ends, `stall 3` is
silent after three words, `hold` says nothing at all.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.answers import done, endless, head, ndjson_chat, silence_after, silence_before_headers, text
from tests.support.journal import Request
from tests.support.program import ROOT
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Send, SendChunk

WORD = "word "
PIECE = 64
"""Lines that a flood sends at once."""


@contextmanager
def serving() -> Iterator[int]:
    """Run the server while the block runs; yields its port."""
    command = [sys.executable, "-m", "tests.soak.load.server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def answer(request: Request) -> Answer:
    """Do what the last prompt says."""
    wanted, _, number = json.loads(request.body)["messages"][-1]["content"].partition(" ")
    match wanted:
        case "words":
            return ndjson_chat([WORD] * int(number))
        case "flood":
            return flood(int(number))
        case "endless":
            return endless(WORD, 0.001)
        case "stall":
            return silence_after([WORD] * int(number))
        case _:
            return silence_before_headers()


def flood(words: int) -> Answer:
    """So many lines, rounded down to whole pieces, and the end. One piece is in memory, however many are sent."""
    piece = text(WORD).data * PIECE
    return (Send(head(200, "application/x-ndjson")), *(SendChunk(piece),) * (words // PIECE), done(), SendChunk(b""))


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with ReplayServer(answer) as server:
        print(server.port, flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()

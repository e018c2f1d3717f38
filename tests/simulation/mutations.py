"""Deliberate bugs, one at a time, and whether the simulation sees them: `python -m tests.simulation.mutations`."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from protocol.message import Value

ROOT = Path(__file__).parents[2]
SEEDS = 2000
_COPIED = ("actors", "protocol", "ui", "tests/simulation")


class Mutation(Value, frozen=True):
    """A bug: in this file, the new text stands in the place of the old one."""

    what: str
    file: str
    old: str
    new: str


MUTATIONS = (
    Mutation(
        "a cancel does not reach the Accumulator",
        "actors/attempts.py",
        "            self._to.accumulator.tell(AbandonReply(turn.stream))\n",
        "",
    ),
    Mutation(
        "credit is not given back for what comes late",
        "actors/accumulator.py",
        "        self._credit.give_back(stream, sum(cost(chunk) for chunk in chunks))\n"
        "        reply = self._find(stream)\n        if reply is None:\n            return\n",
        "        reply = self._find(stream)\n        if reply is None:\n            return\n"
        "        self._credit.give_back(stream, sum(cost(chunk) for chunk in chunks))\n",
    ),
    Mutation(
        "a cancel does not wake a reader that waits for credit",
        "actors/credit.py",
        "        with cancel.unblocking(self._wake), self._condition:",
        "        with self._condition:",
    ),
    Mutation(
        "late frames are not dropped",
        "actors/accumulator.py",
        "        del self._replies[stream]\n",
        "",
    ),
    Mutation(
        "a body that ends early is a success",
        "actors/stream_reader.py",
        '            raise ConnectionLost("The server\'s reply ended before it was done.", "What came is kept.")',
        "            return Completion()",
    ),
    Mutation(
        "what a line brings before the fault in the same read is lost",
        "protocol/ndjson.py",
        "            if not frames:\n                raise\n",
        "            raise\n",
    ),
    Mutation(
        "the rest of a read is not put before the next",
        "protocol/ndjson.py",
        "        line = bytes(self._pending) + piece\n",
        "        line = piece\n",
    ),
    Mutation(
        "a retry forgets what the attempt before it brought",
        "actors/growth.py",
        "        said = replace(node, text=reply.text, thinking=reply.thinking, tool_calls=reply.tool_calls)\n",
        "        said = replace(node, text=reply.text)\n",
    ),
    Mutation(
        "a continued reply forgets what it goes on with",
        "actors/attempts.py",
        "BeginReply(turn.stream, turn.conversation, turn.prefix)",
        "BeginReply(turn.stream, turn.conversation)",
    ),
    Mutation(
        "another version has the number of the first",
        "actors/branching.py",
        "attempt=made, again=True",
        "attempt=0, again=True",
    ),
    Mutation(
        "a second stream in a conversation",
        "actors/turns.py",
        "        if self.of(turn.conversation)[0] is not turn:\n            return WaitReason.EARLIER_PROMPT\n",
        "",
    ),
    Mutation(
        "one stream too many",
        "actors/turns.py",
        "for other in self) >= self._max_concurrent_streams",
        "for other in self) > self._max_concurrent_streams",
    ),
    Mutation(
        "an ending is told twice",
        "actors/attempts.py",
        "        if not turn.begun:\n            self._show_unsent(turn)\n",
        "        if turn.cancelled:\n"
        "            self._to.ui.tell(TurnEnded(turn.conversation, turn.stream, turn.state, brought, ending))\n"
        "        if not turn.begun:\n            self._show_unsent(turn)\n",
    ),
    Mutation(
        "nobody reminds of a retry",
        "actors/attempts.py",
        "                self._to.timekeeper.tell(Remind(delay, RetryDue(turn.stream)))\n",
        "",
    ),
    Mutation(
        "a parked turn is not taken up when the server is back",
        "actors/coordinator.py",
        "                turn.move(TurnEvent.SERVER_RETURNED)\n",
        "                turn.waits_for = None\n",
    ),
    Mutation(
        "the server is not looked for while a turn waits for it",
        "actors/attempts.py",
        "        self._set_aside(turn, failure)\n        self._server.look_later()\n",
        "        self._set_aside(turn, failure)\n",
    ),
    Mutation(
        "what waits is cancelled when the user leaves",
        "actors/coordinator.py",
        "            if turn.streaming:\n                self._attempts.cancel(turn)\n",
        "            self._attempts.cancel(turn)\n",
    ),
    Mutation(
        "what is to be tried again is not left to the next run",
        "actors/coordinator.py",
        "        self._attempts.leave_to_the_next_run()\n",
        "",
    ),
    Mutation(
        "a prompt is refused and accepted",
        "actors/coordinator.py",
        "command.prompt, refusal))\n            return\n        turn",
        "command.prompt, refusal))\n        turn",
    ),
    Mutation(
        "the turns of a deleted conversation go on",
        "actors/coordinator.py",
        "        self._cancel_all(self._turns.of(conversation))\n\n    def _turn_away",
        "\n    def _turn_away",
    ),
    Mutation(
        "a cut reply is a whole one",
        "actors/attempts.py",
        'event = TurnEvent.CUT_SHORT if reason == "length" else TurnEvent.FINISHED',
        "event = TurnEvent.FINISHED",
    ),
    Mutation(
        "what was refused before is sent along",
        "protocol/tree.py",
        "        if prompt.role is Role.USER and reply.answered\n",
        "        if prompt.role is Role.USER and reply.role is Role.ASSISTANT\n",
    ),
    Mutation(
        "an edited prompt follows the one that it is made from",
        "actors/branching.py",
        "            tree.move(tree[MessageId(command.edits)].parent)\n",
        "            tree.move(MessageId(command.edits))\n",
    ),
    Mutation(
        "the head does not move on disk",
        "actors/archive_growth.py",
        "SET head = ?1 WHERE id = (SELECT",
        "SET head = ?1 WHERE head IS NULL AND id = (SELECT",
    ),
    Mutation(
        "a parked turn is not put back into the outbox",
        "actors/archive_growth.py",
        "            self._outbox.put_back(conversation, waiting, position, now)\n",
        "            pass\n",
    ),
    Mutation(
        "the outbox keeps what was sent",
        "actors/archive_growth.py",
        "            (stream.message,),\n        )\n        self._outbox.remove(stream.turn)\n",
        "            (stream.message,),\n        )\n",
    ),
    Mutation(
        "the order of the queue is not kept",
        "actors/archive_outbox.py",
        "zip(sorted(kept.values()), moved, strict=True)",
        "zip(kept.values(), moved, strict=True)",
    ),
    Mutation(
        "what waited comes back in the wrong order",
        "actors/archive_reader.py",
        '"AND owner = coalesce(?, owner) ORDER BY position, place",',
        '"AND owner = coalesce(?, owner) ORDER BY position DESC, place",',
    ),
    Mutation(
        "partial text of a killed program is not put together",
        "actors/archive_growth.py",
        "                reply = folded(self._connection, message)\n",
        "                reply = Reply()\n",
    ),
    Mutation(
        "pieces that wait are not committed before their attempt ends",
        "actors/turn_recorder.py",
        "            case TurnState.RETRYING:\n                self.flush()\n",
        "            case TurnState.RETRYING:\n",
    ),
    Mutation(
        "what the disk refused is forgotten",
        "actors/archive_keeper.py",
        "                if is_damaged(error) or may_pass(error):\n                    raise\n",
        "                if is_damaged(error) or may_pass(error):\n"
        "                    self._waiting.popleft()\n                    raise\n",
    ),
    Mutation(
        "a prompt is passed on before it is kept",
        "actors/archivist.py",
        "                self._keep_prompt(message)\n                self._coordinator.tell(message)\n",
        "                self._coordinator.tell(message)\n",
    ),
    Mutation(
        "a prompt that is edited from another conversation stays there too",
        "actors/archive_outbox.py",
        """"AND turn IS NULL ORDER BY place LIMIT 1)",
            (event.prompt, self._owner),
""",
        """"AND turn IS NULL AND conversation = ? ORDER BY place LIMIT 1)",
            (event.prompt, self._owner, event.conversation),
""",
    ),
    Mutation(
        "a prompt that is dropped stands behind those that wait",
        "ui/conversation.py",
        "            self.reorder([turn.id, *(other for other in self.open if other != turn.id)])\n",
        "            pass\n",
    ),
    Mutation(
        "a conversation that is brought back is as the archive knew it",
        "actors/conversations.py",
        "        known = record.id in self._open\n",
        "        known = record.id in self\n",
    ),
    Mutation(
        "a prompt that comes too late is refused when nobody sees it",
        "actors/coordinator.py",
        "        if self._is_stopping and command.edits is None:\n",
        "        if self._is_stopping and command.edits == command.prompt:\n",
    ),
    Mutation(
        "the screen does not hear that a path has left something behind",
        "actors/attempts.py",
        "        if not whole:\n",
        "        if not (whole or turn):\n",
    ),
    Mutation(
        "a retry sends what was said meanwhile",
        "actors/attempts.py",
        "            self._connect(turn, turn.request)\n",
        "            limit = self._settings.limits.max_message_history - 2\n"
        "            self._connect(turn, self._conversations.request(turn, turn.model, limit))\n",
    ),
)
"""Each is caught within so many seeds, or the simulation does not look where it should."""


def main(names: list[str]) -> int:
    """Try all of them, or those in which one of these words occurs; 1 if one is not caught."""
    wanted = [one for one in MUTATIONS if not names or any(name in one.what for name in names)]
    caught = sum(_try(mutation) for mutation in wanted)
    print(f"caught {caught} / {len(wanted)}")
    return int(caught < len(wanted))


def _try(mutation: Mutation) -> bool:
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chinwag-mutation-") as name:
        copy = Path(name)
        _copy(copy)
        apply(mutation, copy)
        command = [sys.executable, "-m", "tests.simulation", "--seeds", str(SEEDS), "--first"]
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    found = re.search(r"^seed (\d+): (.*)$", run.stdout, re.MULTILINE)
    seconds = time.monotonic() - begin
    told = f"seed {found[1]}: {found[2][:100]}" if found else f"NOT CAUGHT {run.stderr[-300:]}"
    print(f"{mutation.what} ({seconds:.0f} s)\n    {told}", flush=True)
    return found is not None


def apply(mutation: Mutation, root: Path) -> None:
    """Put the bug in. Raises ValueError if the text is not there just once."""
    path = root / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.what}: the text is {text.count(mutation.old)} times in {mutation.file}")
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")


def _copy(to: Path) -> None:
    for part in _COPIED:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests/__init__.py", to / "tests/__init__.py")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The rows of the table, and what this program must reach: the numbers of the machine where the goals were set."""

from tests.bench.notebook import Row, p99

ROWS = (
    Row("import urwid, for comparison", "ms", "import"),
    Row("start: to a prompt that takes keys", "ms", "start"),
    Row("start, in imports of urwid", "x", "start, ratio", goal=1.7),
    Row("first answer of a fresh start: Enter to the 20th word", "ms", "first", goal=20, is_time=True),
    Row("resident memory, settled", "MB", "memory", goal=60),
    Row("CPU when idle", "%", "idle", goal=0.1, is_time=True),
    Row("burst of 20,000 words: Enter to the last on screen", "s", "burst", goal=0.67, is_time=True),
    Row("CPU for 1,000 burst chunks", "s", "burst, cpu", goal=0.029, is_time=True),
    Row("CPU at 100 chunks/s, Markdown", "%", "markdown", goal=4, is_time=True),
    Row("chunk to screen at 100/s, median", "ms", "latency", goal=10, is_time=True),
    Row("chunk to screen at 100/s, p99", "ms", "latency", p99, goal=20, is_time=True),
    Row("key echo at 200 chunks/s, median", "ms", "echo", goal=2, is_time=True),
    Row("key echo at 200 chunks/s, p99", "ms", "echo", p99, goal=10, is_time=True),
    Row("keys that were never echoed", "", "keys", sum, goal=0),
    Row("words that were never shown", "", "words", sum, goal=0),
    Row("answers whose end was not on the screen", "", "ends", sum, goal=0),
)

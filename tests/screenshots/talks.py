"""What is said in the pictures, and the server that says it: the same words and the same counts, always."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from tests.support.answers import (
    done,
    error_line,
    opening,
    silence_after,
    silence_before_headers,
    status,
    text,
    thought,
)
from tests.support.journal import Request
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Forever, Pause, SendChunk, Step, Wait

MODEL = "qwen3:8b"
PHOTOS = "Find the duplicates among my photos"
DINNERS = "Plan three dinners for two, quick and cheap"
LETTER = "Translate the letter from my aunt"
BOAT = "A name for a small blue boat?"
SERVICE = "Keep my script running after a reboot"
HAIKU = "A haiku about the tide"
STAR = "Tell me of one star"
RATES = "Is a fixed rate better for me?"

TIDES = "What do most people get wrong about tides?"
COMPARED = ("llama3.2:3b", "qwen3:8b", "gemma3:4b", "phi4-mini:3.8b")

_PHOTOS = """\
## Compare what is in them, not their names

Two photos are the same when their *bytes* are. Hash every file, and keep the paths by their hash:

```python
from collections import defaultdict
from hashlib import file_digest
from pathlib import Path

same = defaultdict(list)
for path in Path("Photos").rglob("*.jpg"):
    with path.open("rb") as file:
        same[file_digest(file, "sha256").hexdigest()].append(path)
for paths in same.values():
    print(*paths[1:], sep="\\n")  # all but the first of each
```

| photos | hash all | sizes first |
|---|---:|---:|
| 1,000 | 4 s | 0.2 s |
| 50,000 | 3 min | 9 s |

1. **Sizes first**: files of different size cannot be the same, so `stat` spares most of the reading.
2. Nothing is deleted. Look at the list, *then* decide.
"""
_DINNERS = """\
| day | dinner | minutes | costs |
|---|---|---:|---:|
| Monday | chickpea curry with spinach | 25 | €4.10 |
| Tuesday | **shakshuka**, bread from Monday | 20 | €3.60 |
| Wednesday | fried rice with what is left | 15 | €2.80 |

To buy on Monday:

- [x] rice, cumin, oil (you have them)
- [ ] 2 tins of chickpeas, 2 tins of tomatoes
- [ ] 300 g spinach, 6 eggs, 1 loaf of bread

> Cook double the rice on Monday: it fries better when it is a day or two old.
"""
_SERVICE = """\
Let systemd start it. Put this into `~/.config/systemd/user/watch.service`:

```ini
[Service]
ExecStart=%h/bin/watch.py
Restart=on-failure

[Install]
WantedBy=default.target
```

Then switch it on, also for when you are not logged in:

```sh
loginctl enable-linger
systemctl --user enable --now watch.service
```

What it prints is in the journal:

```sh
journalctl --user --unit watch --follow
```
"""
_HAIKU = """\
The tide takes the sand,
letter by letter, your name;
*the sea reads slowly.*
"""
_RATES = """\
### It depends on how long you stay

**Fixed** is the safer choice if a rise of two points would hurt:

| | fixed | variable |
|---|---|---|
| today | 3.9 % | 3.2 % |
| if rates rise by 2 | 3.9 % | 5.2 % |
| early repayment | costs a fee | free |

- You stay *ten years or more*: take the fixed one.
- You may sell in three: the fee eats what you save.

```python
def monthly(sum, rate, years):
    factor = (1 + rate / 12) ** (12 * years)
    return sum * rate / 12 * factor / (factor - 1)
```
"""
_STAR = """\
**Betelgeuse** is the red shoulder of Orion, and it is *enormous*: put in the place of our sun, it would reach beyond \
the orbit of Mars. It is also old for what it is. A star so heavy spends its fuel in some ten million years, and this \
one is near the end of it.

What will that look like? One day, tomorrow or in a hundred thousand years"""
_LLAMA = """\
That there is **one** bulge of water, below the moon. There are *two*: one on its side, and one on the other.

- the near side is pulled more
- the far side is pulled less, and stays behind

So most coasts have high water twice a day.
"""
_QWEN = """\
Most think that the moon *lifts* the water.

It hardly does: its pull is **ten million** times weaker than the earth's. What counts is how much that pull differs \
from one place to the next, `2GMr/d^3`. It draws the sea"""
_GEMMA = """\
Many believe the sun plays no part. It does: its tide is **46 %** as high as the moon's.

> When both stand in line, there is a spring tide.

The rest of the month
"""
_THOUGHTS = "They want to compare files by content. A hash of each is enough; sizes first would save reading."
_COUNTS = {"prompt_eval_count": 61, "eval_count": 1187, "eval_duration": 27_600_000_000, "total_duration": 30**7}
_REPLIES = {
    PHOTOS: (thought(_THOUGHTS), _PHOTOS),
    DINNERS: (_DINNERS,),
    SERVICE: (_SERVICE,),
    HAIKU: (_HAIKU,),
    RATES: (_RATES,),
}


@contextmanager
def talking(cue: Event) -> Iterator[ReplayServer]:
    """A server that knows what to say to each prompt. Of the star it never says all, nor of the letter; the boat waits
    for the cue."""

    def answer(request: Request) -> Answer:
        body = json.loads(request.body)
        prompt = body["messages"][-1]["content"]
        if prompt == TIDES:
            return _compared(body["model"])
        if prompt == LETTER:
            return silence_after(["Dear child,\n\n"])
        if prompt == STAR:
            return opening([_STAR, Forever((text("\n"), Pause(0.02)))])
        return _whole((Wait(cue), "*Kittiwake*.") if prompt == BOAT else _REPLIES[prompt])

    running = {"name": MODEL, "model": MODEL, "size": 6_500_000_000, "context_length": 8192}
    gets = {"/api/ps": status(200, {"models": [running]})}
    with ReplayServer(answer, models=[MODEL], gets=gets) as server:
        yield server


def _compared(model: str) -> Answer:
    """One says all, one never does, one breaks, and one says nothing yet."""
    counts = {"prompt_eval_count": 21, "eval_count": 96, "eval_duration": 1_600_000_000}
    answers: dict[str, Answer] = {
        "llama3.2:3b": (*opening([_LLAMA]), done("stop", counts), SendChunk(b"")),
        "qwen3:8b": silence_after(_tokens(_QWEN)),
        "gemma3:4b": error_line("model runner has unexpectedly stopped", _tokens(_GEMMA)),
    }
    return answers.get(model) or silence_before_headers()


def _tokens(words: str) -> list[str]:
    """About what a model says at a time."""
    return [words[start : start + 4] for start in range(0, len(words), 4)]


def _whole(parts: tuple[str | Step, ...]) -> Answer:
    return (*opening(parts), done("stop", _COUNTS), SendChunk(b""))

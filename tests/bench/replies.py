"""What the server of the benchmark answers: the prompt says it, and the same prompt always gets the same reply.

A prompt is a kind and its size, and then any of `at RATE` (chunks a second; as fast as possible without), `of TAG`
(what the words begin with), `by SIZE` (characters of a chunk of Markdown) and `after SECONDS` (of silence before the
first chunk):

    words 500 at 100 of b      b00000 b00001 ... b00499, one word a chunk, a paragraph every 60
    markdown 8192 at 100       prose, lists, tables, code, CJK and emoji, at least so many bytes and whole blocks
    endless 100 at 200         the 100 words again and again, until the client goes
    hostile 15                 control sequences of so many kinds
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle

from protocol.message import Value

_PARAGRAPH = 60
TOKEN = 4
"""Characters, about."""

MARKDOWN = """\
## How the tide is made

The moon pulls at the *near* side of the sea more than at the far one, and the **difference** between the two is what
lifts the water. See [the almanac](https://example.org/almanac) for today's, or ask `tide --today`.

- a spring tide, when sun and moon stand in line
- a neap tide, when they do not
  1. it comes a week later
  2. it is a third lower

| harbour | high | low | 水位 |
|---|---:|---:|---|
| Brest | 7.9 m | 1.1 m | 高い |
| Aberdeen | 4.3 m | 0.6 m | 普通 |
| 大阪 | 1.8 m | 0.9 m | 低い |

```python
def height(hours: float, mean: float = 4.5, range_: float = 3.4) -> float:
    \"\"\"Metres above the chart's zero.\"\"\"
    phase = 2 * math.pi * hours / 12.42  # the lunar half day
    return mean + range_ * math.cos(phase)
```

> 潮汐は月と太陽の引力によって起こる。一日に二回ずつ満潮と干潮がある。

So much for the theory 🌊🌙. In a real harbour 🏖️ the shape of the coast matters more 👩‍🔬: a bay that swings in time
with the moon can lift the water by sixteen metres, and one that does not by hardly any.

"""
"""About 1.3 KB, of every kind of block that replies are made of."""

HOSTILE = {
    "clipboard": "\x1b]52;c;YmVuY2g=\x07",
    "title": "\x1b]0;bench-title\x07",
    "link": "\x1b]8;;file:///bench\x1b\\",
    "notification": "\x1b]9;bench-note\x07",
    "palette": "\x1b]4;1;rgb:be/nc/00\x07",
    "inline image": "\x1b]1337;File=inline=1:YmVuY2g=\x07",
    "device control": '\x1bP$q"p\x1b\\',
    "application command": "\x1b_Gbench\x1b\\",
    "colours": "\x1b[38;5;201;5m",
    "cursor moved": "\x1b[9998;9997H",
    "screen erased": "\x1b[2J\x1b[3J",
    "mode set": "\x1b[?1003h",
    "full reset": "\x1bc",
    "device asked": "\x1b[6n",
    "8-bit sequence": "\x9b2J",
}
"""Control sequences by kind, none of which the program itself writes."""


class Reply(Value, frozen=True):
    """What is said to one prompt, chunk by chunk."""

    chunks: tuple[str, ...]
    rate: float | None = None
    """Chunks a second; None for as fast as possible."""
    endless: bool = False
    """Whether it begins again at its end."""
    delay: float = 0.0
    """Seconds of silence before the first chunk."""

    @property
    def last_word(self) -> str:
        """What is on the screen when all of it is."""
        return self.chunks[-1].split()[-1]


def word(number: int, tag: str = "w") -> str:
    """One of the numbered words, which can be told apart on any screen."""
    return f"{tag}{number:05}"


@cache
def reply_to(prompt: str) -> Reply:
    """The reply to a prompt. Raises KeyError and ValueError for one that asks for none."""
    kind, size, *more = prompt.split()
    options = dict(zip(more[::2], more[1::2], strict=True))
    chunks = tuple(_KINDS[kind](int(size), options.get("of", "w"), int(options.get("by", TOKEN))))
    rate = float(options["at"]) if "at" in options else None
    return Reply(chunks, rate, kind == "endless", float(options.get("after", 0)))


def _words(count: int, tag: str, _: int) -> Iterator[str]:
    for number in range(count):
        yield word(number, tag) + ("\n\n" if number % _PARAGRAPH == _PARAGRAPH - 1 else " ")


def _markdown(size: int, tag: str, by: int) -> Iterator[str]:
    said = 0
    pieces = [MARKDOWN[start : start + by] for start in range(0, len(MARKDOWN), by)]
    for piece in cycle(pieces):
        yield piece
        said += len(piece.encode())
        if said >= size and "\n\n" in piece:
            break
    yield f"\n\n{word(size, tag)}"


def _hostile(kinds: int, tag: str, _: int) -> Iterator[str]:
    for name, sequence in list(HOSTILE.items())[:kinds]:
        yield f"{name}: {sequence}\n\n"
    yield word(kinds, tag)


_KINDS: dict[str, Callable[[int, str, int], Iterator[str]]] = {
    "words": _words,
    "endless": _words,
    "markdown": _markdown,
    "hostile": _hostile,
}

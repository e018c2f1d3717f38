"""What people want to do first, and the keys to press for it: README says so, and end-to-end tests type just that."""

from dataclasses import dataclass

from tests.support.terminal import Screen, Terminal
from tests.support.typing import typed
from ui.keys import KEYS, Action


@dataclass(frozen=True)
class Press:
    """One key that does something."""

    action: Action

    @property
    def shown(self) -> str:
        """As README says it."""
        return next(row.shown for row in KEYS if row.does is self.action).split(", ")[0]

    @property
    def typed(self) -> str:
        """What a terminal sends."""
        return typed(next(row.keys[0] for row in KEYS if row.does is self.action))


@dataclass(frozen=True)
class Write:
    """Some text, such as this one."""

    text: str
    what: str = ""
    """What the text is an example of."""

    @property
    def shown(self) -> str:
        """As README says it."""
        return f"{self.what} (`{self.text}`)" if self.what else self.text

    @property
    def typed(self) -> str:
        """What a terminal sends."""
        return self.text


@dataclass(frozen=True)
class Task:
    """One thing to do."""

    name: str
    steps: tuple[Press | Write, ...]

    def perform(self, terminal: Terminal, *seen: str | Screen) -> None:
        """Type its steps, and wait after each for what is to be seen then."""
        for step, wanted in zip(self.steps, seen, strict=True):
            terminal.send(step.typed)
            terminal.wait_for(wanted)


_ENTER = Press(Action.SEND)
CHANGE_THE_MODEL = Task("change the model", (Press(Action.MODELS), Write("smol", "part of its name"), _ENTER))
FIND_AN_OLD_CHAT = Task(
    "find an old chat", (Press(Action.CHATS), Write("paris", "a word of its title, or one that was said"), _ENTER)
)
COPY_THE_SECOND_CODE = Task("copy the second code block of a reply", (Press(Action.COPY), Write("2"), _ENTER))
STOP_A_REPLY = Task("stop a reply", (Press(Action.CANCEL),))
SEND_TWO_AHEAD = Task(
    "send two prompts ahead, while a reply comes",
    (Write("And of Spain?", "the first"), _ENTER, Write("And of Italy?", "the second"), _ENTER),
)
QUIT = Task("quit", (Press(Action.END_OF_INPUT),))
TASKS = (CHANGE_THE_MODEL, FIND_AN_OLD_CHAT, COPY_THE_SECOND_CODE, STOP_A_REPLY, SEND_TWO_AHEAD, QUIT)

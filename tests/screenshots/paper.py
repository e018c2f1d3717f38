"""What a picture is drawn on: the colours of a terminal's window, and those that it gives the names of colours."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """All colours as SVG has them."""

    ink: str
    ground: str
    cursor: str
    frame: str
    """Of the title bar."""
    edge: str
    """Of the line around the window."""
    caption: str
    named: Mapping[str, str]
    """By pyte's names."""

    def colour(self, name: str, default: str) -> str:
        """Return a colour of pyte's."""
        return default if name == "default" else self.named.get(name) or f"#{name}"


NIGHT = Paper(
    ink="#d5d9e2",
    ground="#16181d",
    cursor="#d5d9e2",
    frame="#23262e",
    edge="#3a3f4b",
    caption="#9aa1b0",
    named={
        "black": "#1d2027",
        "red": "#f0737f",
        "green": "#9ccf7d",
        "brown": "#e5b567",
        "blue": "#6fa8f5",
        "magenta": "#c792ea",
        "cyan": "#5fc9d8",
        "white": "#c9ced8",
    },
)
DAY = Paper(
    ink="#24292f",
    ground="#ffffff",
    cursor="#24292f",
    frame="#eceef1",
    edge="#c9ced6",
    caption="#5b6370",
    named={
        "black": "#24292f",
        "red": "#b3202c",
        "green": "#1f7a34",
        "brown": "#8a6100",
        "blue": "#0a58ca",
        "magenta": "#8031a7",
        "cyan": "#0b7285",
        "white": "#57606a",
    },
)

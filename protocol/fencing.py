"""A text in a fence, as a model is sent it: with its name above it, and the language it is written in."""

import re

_TICKS = "`+"
_LANGUAGES = {
    "py": "python", "pyi": "python", "js": "javascript", "mjs": "javascript", "ts": "typescript", "tsx": "tsx",
    "jsx": "jsx", "c": "c", "h": "c", "cpp": "cpp", "cc": "cpp", "hpp": "cpp", "cs": "csharp", "go": "go", "rs": "rust",
    "java": "java", "kt": "kotlin", "rb": "ruby", "php": "php", "pl": "perl", "lua": "lua", "r": "r", "swift": "swift",
    "scala": "scala", "sh": "sh", "bash": "bash", "zsh": "zsh", "fish": "fish", "sql": "sql", "html": "html",
    "htm": "html", "css": "css", "xml": "xml", "svg": "xml", "json": "json", "yaml": "yaml", "yml": "yaml",
    "toml": "toml", "ini": "ini", "cfg": "ini", "md": "markdown", "rst": "rst", "tex": "latex", "diff": "diff",
    "patch": "diff", "csv": "csv", "dockerfile": "dockerfile", "makefile": "makefile",
}  # fmt: skip


def language_of(name: str) -> str:
    """Return what a file of this name is written in, as a fence says it; empty where that is not known."""
    last = name.rpartition("/")[2].lower()
    return _LANGUAGES.get(last.rpartition(".")[2], "")


def fenced(name: str, text: str) -> str:
    """Return a text under its name. The fence is longer than any in the text, so that nothing in it can end it."""
    longest = max((len(run) for run in re.findall(_TICKS, text)), default=0)
    fence = "`" * max(3, longest + 1)
    body = text if text.endswith("\n") or not text else f"{text}\n"
    return f"{visible(name)}:\n{fence}{language_of(name)}\n{body}{fence}"


def visible(name: str) -> str:
    """Return a name on one line, without what is no character to be read."""
    return "".join(character if character.isprintable() else "\ufffd" for character in name)

"""Scripts that complete the command line in bash, zsh and fish, made from the parser.

All three find the command that is being written by the words before the cursor, then offer what it takes. Models and
chats are asked of the program itself, quietly: `chinwag completion models` gives up after a second.
"""

import re
import shlex
from collections.abc import Iterable, Iterator

from ui.arguments import build_parser
from ui.command_tree import Argument, CommandNode, Flag, Wants, command_tree

_HIDDEN = ("models", "chats")


def script(shell: str) -> str:
    """Return the script for `bash`, `zsh` or `fish`."""
    nodes = list(command_tree(build_parser()).all())
    make = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]
    return "".join(f"{line}\n" for line in make(nodes))


def _bash(nodes: list[CommandNode]) -> Iterator[str]:
    yield from _BASH_HEAD.splitlines()
    yield from _walk(nodes, "${words[i]}", "${words[i-1]}", "for ((i = 1; i < ${#words[@]} - 1; i++)); do")
    yield '    case "$at:$previous" in'
    for node in nodes:
        for flag in node.flags:
            if flag.wants is not Wants.NOTHING:
                yield f"        {_patterns(node, flag.names)}) {_bash_offer(flag)}; _chinwag_trim; return ;;"
    yield "    esac"
    yield '    case "$at" in'
    for node in nodes:
        flags = shlex.quote(" ".join(name for flag in node.flags for name in flag.names))
        rest = [below.path[-1] for below in node.below]
        offers = [f"_chinwag_words {shlex.quote(' '.join(rest))}"] if rest else []
        offers += [_bash_offer(argument) for argument in node.arguments]
        other = "; ".join(offers) or ":"
        yield f"        {_quoted(node)}) if [[ $cur == -* ]]; then _chinwag_words {flags}; else {other}; fi ;;"
    yield from ("    esac", "    _chinwag_trim", "}", "complete -F _chinwag chinwag")


def _bash_offer(what: Flag | Argument) -> str:
    match what.wants:
        case Wants.WORDS:
            return f"_chinwag_words {shlex.quote(' '.join(_offered(what.words)))}"
        case Wants.FILE:
            return "_chinwag_files -f"
        case Wants.FOLDER:
            return "_chinwag_files -d"
        case Wants.MODEL:
            return "_chinwag_lines < <(command chinwag completion models 2>/dev/null)"
        case Wants.CHAT:
            return "_chinwag_lines < <(command chinwag completion chats 2>/dev/null)"
        case _:
            return ":"


_BASH_HEAD = """\
# Completes chinwag in bash. Made by `chinwag completion bash`.
_chinwag_lines() {  # offers the lines of its input that begin as what is written does
    local line
    while IFS= read -r line; do
        [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
    done
}
_chinwag_files() {  # $1 is -f for files, -d for folders
    local line
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}
_chinwag_words() { _chinwag_lines < <(printf '%s\\n' $1); }
_chinwag_trim() {  # bash takes what stands before a colon or an equals sign for a word of its own
    local before=${cur%"${cur##*:}"}
    [[ $COMP_WORDBREAKS == *:* && -n $before ]] && COMPREPLY=("${COMPREPLY[@]#"$before"}")
    return 0
}
_chinwag() {
    local line=${COMP_LINE:0:COMP_POINT} cur previous at=chinwag i
    local -a words
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    cur=${words[${#words[@]}-1]} previous=${words[${#words[@]}-2]}
    [[ $cur == --*=* ]] && previous=${cur%%=*} cur=${cur#*=}
    COMPREPLY=()
"""


def _walk(nodes: list[CommandNode], word: str, before: str, loop: str) -> Iterator[str]:
    """Find the command that is being written; what a flag takes is none."""
    yield f"    {loop}"
    yield f'        case "{before}" in {"|".join(_takers(nodes))}) continue ;; esac'
    yield f'        case "$at {word}" in'
    yield f'            {"|".join(_quoted(node) for node in nodes[1:])}) at="$at {word}" ;;'
    yield from ("        esac", "    done")


def _zsh(nodes: list[CommandNode]) -> Iterator[str]:
    yield from _ZSH_HEAD.splitlines()
    yield from _walk(nodes, "$words[i]", "$words[i-1]", "for ((i = 2; i < CURRENT; i++)); do")
    yield '    case "$at:$words[CURRENT-1]" in'
    for node in nodes:
        for flag in node.flags:
            if flag.wants is not Wants.NOTHING:
                yield f"        ({_patterns(node, flag.names)}) {_zsh_offer(flag)}; return ;;"
    yield "    esac"
    yield '    case "$at" in'
    for node in nodes:
        flags = " ".join(_zsh_item(name, flag.help) for flag in node.flags for name in flag.names)
        below = " ".join(_zsh_item(one.path[-1], one.purpose) for one in node.below)
        offers = [f"items=({below}); _describe -t commands command items"] if below else []
        offers += [_zsh_offer(argument) for argument in node.arguments]
        yield f"        ({_quoted(node)})"
        yield f"            if [[ $PREFIX == -* ]]; then items=({flags}); _describe -t flags -o flag items"
        yield f"            else {'; '.join(offers) or ':'}; fi ;;"
    yield from ("    esac", "}", _ZSH_END)


_ZSH_HEAD = """\
#compdef chinwag
# Completes chinwag in zsh. Made by `chinwag completion zsh`.
_chinwag_lines() {
    local -a lines
    lines=("${(@f)$(command chinwag completion $1 2>/dev/null)}")
    lines=(${lines:#})
    (( $#lines )) && compadd -- "${lines[@]}"
}
_chinwag() {
    local at=chinwag
    local -a items
    integer i
"""


_ZSH_END = 'if [[ $funcstack[1] == _chinwag ]]; then _chinwag "$@"; else compdef _chinwag chinwag; fi'


def _zsh_item(name: str, help_: str) -> str:
    escaped = name.replace(":", "\\:")
    return shlex.quote(f"{escaped}:{_line(help_)}")


def _zsh_offer(what: Flag | Argument) -> str:
    match what.wants:
        case Wants.WORDS:
            return f"compadd -- {' '.join(map(shlex.quote, _offered(what.words)))}"
        case Wants.FILE:
            return "_files"
        case Wants.FOLDER:
            return "_files -/"
        case Wants.MODEL:
            return "_chinwag_lines models"
        case Wants.CHAT:
            return "_chinwag_lines chats"
        case _:
            return "_message " + shlex.quote(_line(what.help) or "text")


def _fish(nodes: list[CommandNode]) -> Iterator[str]:
    paths = " ".join(shlex.quote(" ".join(node.path)) for node in nodes)
    yield from _FISH_HEAD.replace("TAKES", " ".join(_takers(nodes))).replace("PATHS", paths).splitlines()
    for node in nodes:
        at = f"complete -c chinwag -n '__chinwag_at \"{' '.join(node.path)}\"'"
        for below in node.below:
            yield f"{at} -a {below.path[-1]} -d {_fish_quoted(below.purpose)}"
        for argument in node.arguments:
            if offer := _fish_offer(argument):
                yield f"{at} {offer}"
        for flag in node.flags:
            names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)
            offer = "" if flag.wants is Wants.NOTHING else f" {_fish_taken(flag)}"
            yield f"{at} {names} -d {_fish_quoted(flag.help)}{offer}"


_FISH_HEAD = """\
# Completes chinwag in fish. Made by `chinwag completion fish`.
function __chinwag_at --description 'Whether this is the command that is being written'
    set -l at chinwag
    set -l before ''
    for word in (commandline -opc)[2..]
        if not contains -- $before TAKES
            contains -- "$at $word" PATHS; and set at "$at $word"
        end
        set before $word
    end
    test "$at" = "$argv[1]"
end
complete -c chinwag -f
"""


def _fish_offer(what: Flag | Argument) -> str:
    match what.wants:
        case Wants.WORDS:
            return f"-a {_fish_quoted(' '.join(_offered(what.words)))}"
        case Wants.FILE | Wants.FOLDER:
            return "-F"
        case Wants.MODEL:
            return "-a '(command chinwag completion models 2>/dev/null)'"
        case Wants.CHAT:
            return "-a '(command chinwag completion chats 2>/dev/null)'"
        case _:
            return ""


def _fish_taken(flag: Flag) -> str:
    """What a flag takes: files are only offered where it takes one."""
    files = flag.wants in (Wants.FILE, Wants.FOLDER)
    return "-r -F" if files else f"-x {_fish_offer(flag)}".strip()


def _fish_quoted(text: str) -> str:
    return "'" + _line(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _takers(nodes: list[CommandNode]) -> list[str]:
    """The flags behind which something stands that is no command."""
    flags = [flag for node in nodes for flag in node.flags if flag.wants is not Wants.NOTHING]
    return sorted({name for flag in flags for name in flag.names})


def _offered(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in _HIDDEN]


def _patterns(node: CommandNode, names: Iterable[str]) -> str:
    return "|".join(shlex.quote(f"{' '.join(node.path)}:{name}") for name in names)


def _quoted(node: CommandNode) -> str:
    return shlex.quote(" ".join(node.path)) if len(node.path) > 1 else node.path[0]


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("%%", "%"))

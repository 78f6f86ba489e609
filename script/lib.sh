# Shared by the scripts in this folder: messages, Debian packages, the virtual environment.
# Sourced by bash; the caller has set -euo pipefail.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=${MGOV_VENV:-$ROOT/.venv}
PIP_FLAGS=(--quiet --quiet --disable-pip-version-check --no-input) # twice: no warnings, errors only

say() { printf '%s\n' "==> $*" >&2; }
warn() { printf '%s\n' "!!  $*" >&2; }
die() {
    warn "$@"
    exit 1
}

# as_root COMMAND…: runs it as root, or fails when this user cannot become root without a question.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

can_install() { command -v apt-get >/dev/null 2>&1 && as_root true; }

# apt_install PACKAGE…: quiet, without questions; the services of new packages are not started, as only programs are wanted.
apt_install() {
    can_install || return 1
    say "installing Debian packages: $*"
    local log
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 bash -c '
        apt-get install -y --no-install-recommends "$@" ||
            { apt-get update && apt-get install -y --no-install-recommends "$@"; }' - "$@" </dev/null >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# usable_python PYTHON: true when it is 3.11 or newer and can make virtual environments.
usable_python() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

new_enough_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# find_python: prints a python that can make the environment; installs python3-venv where only that is missing.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && usable_python "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    apt_install python3 python3-venv || true
    usable_python /usr/bin/python3 && echo /usr/bin/python3
}

# fingerprint EXTRAS: changes when the environment has to be made again.
fingerprint() {
    printf '%s\n' "$1" "$ROOT" "$VENV"
    sha256sum "$ROOT/pyproject.toml" "$ROOT/constraints.txt" | cut -d' ' -f1
}

# up_to_date EXTRAS: the environment holds these extras (or more: "dev" covers "demo") for this checkout.
up_to_date() {
    local stamp
    [ -x "$VENV/bin/python" ] || return 1
    for stamp in dev "$1"; do
        if [ -f "$VENV/.mgov-$stamp" ] && [ "$(cat "$VENV/.mgov-$stamp")" = "$(fingerprint "$stamp")" ]; then
            return 0
        fi
    done
    return 1
}

# install_gammu: the optional driver; a wheel where there is one, else built against libgammu from apt.
install_gammu() {
    "$VENV/bin/python" -c 'import gammu' 2>/dev/null && return 0
    local pip=("$VENV/bin/python" -m pip install "${PIP_FLAGS[@]}" -c "$ROOT/constraints.txt")
    "${pip[@]}" --only-binary python-gammu python-gammu 2>/dev/null && return 0
    if apt_install libgammu-dev gcc pkg-config python3-dev && "${pip[@]}" python-gammu 2>/dev/null; then
        return 0
    fi
    warn 'python-gammu could not be had (no wheel, and building it needs libgammu-dev, gcc, pkg-config and python3-dev):'
    warn 'going on without; modems with driver = "gammu" will not work, all others do.'
}

make_venv() {
    local python
    python=$(find_python) ||
        die 'Python 3.11 or newer with its venv module is needed: as root, apt-get install python3 python3-venv'
    say "making a virtual environment in $VENV with $("$python" --version)"
    "$python" -m venv --clear "$VENV"
}

fill_venv() {
    local wanted=$1 target='.[dev]'
    [ "$wanted" = dev ] || target='.'
    say "installing mgov and what it needs ($wanted)"
    (cd "$ROOT" && "$VENV/bin/python" -m pip install "${PIP_FLAGS[@]}" -c constraints.txt -e "$target") ||
        die "pip could not install what mgov needs; is the package index reachable? (the lines above say what failed)"
    install_gammu
    fingerprint "$wanted" >"$VENV/.mgov-$wanted"
}

# ensure_venv demo|dev: an environment with mgov from this checkout. With MGOV_VENV an existing one is used as it is.
ensure_venv() {
    if [ -n "${MGOV_VENV:-}" ] && [ -x "$MGOV_VENV/bin/mgov" ]; then
        return 0
    fi
    up_to_date "$1" && return 0
    mkdir -p "$(dirname "$VENV")"
    exec 9>"$VENV.lock"
    flock 9 # two scripts started at once make it once
    if ! up_to_date "$1"; then
        [ -x "$VENV/bin/python" ] && usable_python "$VENV/bin/python" || make_venv
        fill_venv "$1"
    fi
    exec 9>&-
}

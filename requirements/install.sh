#!/bin/sh
# Makes .venv what the lock files say. make runs it before every target; it costs some
# milliseconds when nothing changed. PYTHON=... picks another interpreter.
set -eu
cd "$(dirname "$0")/.."
folder=$(pwd -P)
stamp=.venv/.devos

say() { printf 'devos: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# Compared byte by byte: times of files mean nothing after a checkout. The folder is part of it
# because a virtual environment that was copied or moved still runs the code of its old place.
wanted() {
    printf '%s\n' "$folder"
    cat requirements/install.sh requirements/uv.txt requirements/dev.txt pyproject.toml sdk/pyproject.toml
}
if [ -x .venv/bin/python ] && wanted | cmp -s - "$stamp"; then exit 0; fi

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || stop "$PYTHON is not a Python 3.11 or newer; set PYTHON to one that is."
        echo "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if new_enough "$name"; then echo "$name"; return; fi
    done
    found=$(python3 --version 2>/dev/null || echo 'no Python 3')
    stop "devos needs Python 3.11 or newer and found $found; install one, or run 'make PYTHON=/path/to/python3'."
}

can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

make_venv() {
    python=$(find_python)
    if ! can_make_venv "$python"; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "installing $package"
            log=$(mktemp)
            { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$package"; } >"$log" 2>&1 || {
                cat "$log" >&2
                stop "apt could not install $package (above); install it, then run make again."
            }
            rm -f "$log"
        fi
        can_make_venv "$python" ||
            stop "Python's venv module is missing; run 'sudo apt install $package' (or your system's like), then make again."
    fi
    "$python" -m venv --clear .venv || stop "could not make .venv (above)."
}

usable_venv() {
    [ -x .venv/bin/python ] && new_enough .venv/bin/python && grep -qF "$folder/.venv" .venv/bin/activate
}

[ -w . ] || stop "$folder is not yours to write to; work in a clone of your own."
if [ -e .venv ] && ! { [ -w .venv ] && [ -w .venv/bin ]; }; then
    stop ".venv belongs to another user; run 'sudo rm -rf .venv', then make again."
fi
say "setting up .venv"
usable_venv || make_venv
rm -f "$stamp"

# uv does not read pip's settings; a mirror that is set for pip serves both.
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    mirror=${PIP_INDEX_URL:-$(pip config get global.index-url 2>/dev/null || true)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
fi
network="packages could not be installed (above); check the network, or name your mirror in PIP_INDEX_URL, then run make again."
if ! .venv/bin/uv --version 2>/dev/null | grep -qF "uv $(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/uv.txt) "; then
    pip install -qq --require-hashes --only-binary :all: -r requirements/uv.txt || stop "$network"
fi
uv() { .venv/bin/uv pip "$@" --quiet --python .venv/bin/python; }
uv sync --require-hashes --only-binary :all: requirements/uv.txt requirements/dev.txt || stop "$network"
uv install --no-deps --no-build-isolation -e . -e ./sdk || stop "devos itself could not be installed (above)."
wanted >"$stamp"

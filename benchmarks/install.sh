#!/bin/sh
# Makes benchmarks/.venv, the environment of the peers; nothing when its pins did not change.
set -eu
cd "$(dirname "$0")"
python=.venv/bin/python
stamp=.venv/.devos
if [ -x "$python" ] && cmp -s requirements.txt "$stamp"; then exit 0; fi

echo "devos: setting up benchmarks/.venv" >&2
../.venv/bin/python -m venv --clear .venv
# uv does not read pip's settings; a mirror that is set for pip serves both.
mirror=${PIP_INDEX_URL:-$(../.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
if [ -n "$mirror" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then export UV_DEFAULT_INDEX="$mirror"; fi
../.venv/bin/uv pip sync --quiet --python "$python" --require-hashes --only-binary :all: requirements.txt
cp requirements.txt "$stamp"

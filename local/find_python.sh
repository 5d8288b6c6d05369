#!/bin/sh
# Prints the path of a CPython 3.13 that works, or says what is missing.
# Tries $PYTHON, then python3.13 on PATH, then pyenv's versions, then uv's.
works() { [ -n "$1" ] && "$1" -c 'import sys, venv, ssl; sys.exit((sys.implementation.name, *sys.version_info[:2]) != ("cpython", 3, 13))' 2>/dev/null; }

for candidate in "$PYTHON" "$(command -v python3.13)" "$HOME"/.pyenv/versions/3.13*/bin/python3.13 \
    "$(command -v uv >/dev/null && uv python find 3.13 2>/dev/null)"; do
    if works "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done
[ -z "$PYTHON" ] || echo "PYTHON=$PYTHON is none." >&2
echo "No CPython 3.13 found. Install it (python.org, pyenv install 3.13, or uv python install 3.13)" >&2
echo "or name it: make PYTHON=/path/to/python3.13 …" >&2
exit 1

#!/bin/sh
# Make .venv with the newest suitable Python, or say in one line what is missing.
#   tools/venv.sh .venv
set -eu
venv=$1
found=

# Python comes first into an environment, pip last: without pip it was interrupted, or its
# Python is gone, and it is made anew.
if [ -e "$venv" ]; then
    ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || exit 0
    echo "$venv is not complete; making it anew." >&2
fi

for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null || continue
    found="$found${found:+, }$("$python" --version 2>&1)"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$python cannot make a virtual environment. Debian, Ubuntu: apt install python3-venv; macOS: brew install python." >&2
        exit 69
    fi
    exec "$python" -m venv --clear "$venv"
done
echo "Kembar needs Python 3.11 or newer; found: ${found:-none}. Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python." >&2
exit 69

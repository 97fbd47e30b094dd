#!/bin/sh
# Run all tests on SQLite, then on PostgreSQL. Arguments go to pytest.
# As root on Debian missing parts are installed; elsewhere it says in one line what was left out.
# KEMBAR_TEST_ALL=1 makes a missing part a failure.
set -eu
cd "$(dirname "$0")/.."

# Not named like the programs: `command -v` would find the function itself.
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; }
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_gettext() { command -v xgettext >/dev/null && command -v msgmerge >/dev/null; }
has_fonts() { [ ! -x /usr/bin/apt-get ] || [ -d /usr/share/fonts/opentype/noto ]; }

packages=""
has_postgres || packages="$packages postgresql"
has_chromium || packages="$packages chromium"
has_gettext || packages="$packages gettext"
has_fonts || packages="$packages fonts-noto-cjk fonts-noto-core"

if [ -n "$packages" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$packages, which the tests need."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # the names are meant to be split
    { apt-get update && apt-get install -y --no-install-recommends $packages; } </dev/null >/tmp/kembar-apt.log 2>&1 ||
        tail -n 20 /tmp/kembar-apt.log >&2
    packages=""
    has_postgres || packages="$packages postgresql"
    has_chromium || packages="$packages chromium"
    has_gettext || packages="$packages gettext"
fi

if [ -n "$packages" ]; then
    if [ "${KEMBAR_TEST_ALL:-}" = 1 ]; then
        echo "Missing:$packages. With KEMBAR_TEST_ALL=1 nothing is left out: apt install$packages" >&2
        exit 69
    fi
    echo "Left out what needs$packages. To run it: apt install$packages (macOS: brew install)."
fi

# Workers must name the same tests alike, also those made from a set.
export PYTHONHASHSEED=0
pytest=".venv/bin/python -m pytest -n auto --dist loadfile"
echo "Tests on SQLite"
env -u DATABASE_URL $pytest -m "not postgres" "$@"
if has_postgres; then
    echo "Tests on PostgreSQL"
    tools/postgres.sh $pytest -m "not browser" "$@"
fi

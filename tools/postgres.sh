#!/bin/sh
# Run a command with DATABASE_URL set to a PostgreSQL server of its own, thrown away afterwards:
#   tools/postgres.sh .venv/bin/python -m pytest
# The server listens on a socket in a temporary folder only, and is tuned to be fast, not safe.
set -eu

if [ $# -eq 0 ]; then
    echo "Usage: tools/postgres.sh command [argument ...]" >&2
    exit 64
fi

# Debian keeps the server's programs out of the PATH, one folder a version; take the newest.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ]; then
    initdb=$(command -v initdb || true)
    bin=${initdb%/initdb}
fi
if [ ! -x "$bin/initdb" ]; then
    echo "PostgreSQL is missing: apt install postgresql (Debian), brew install postgresql (macOS)." >&2
    exit 69
fi

# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then as="runuser -u postgres --"; else as=""; fi

# A socket's path may have 107 characters at most, so the folder goes to /tmp, not to TMPDIR.
folder=$(mktemp -d /tmp/kembar-postgres.XXXXXX)
[ -z "$as" ] || chown postgres "$folder"

stop() {
    status=$?
    trap - EXIT
    # By its own data folder: no other server can be meant.
    [ ! -f "$folder/data/postmaster.pid" ] ||
        (cd / && $as "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop) || true
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

options="-k $folder -c listen_addresses='' -c fsync=off -c synchronous_commit=off \
-c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
(
    cd /
    $as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync
    $as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -o "$options" -w start
    $as "$bin/createdb" -h "$folder" -U postgres kembar
) >"$folder.out" 2>&1 || {
    cat "$folder.out" "$folder/log" >&2 2>/dev/null
    rm -f "$folder.out"
    echo "PostgreSQL did not start." >&2
    exit 70
}
rm -f "$folder.out"

DATABASE_URL="postgres://postgres@$(echo "$folder" | sed 's|/|%2F|g')/kembar"
export DATABASE_URL
echo "DATABASE_URL=$DATABASE_URL" >&2
"$@"

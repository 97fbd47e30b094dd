#!/usr/bin/env bash
# A throw-away PostgreSQL for the benches: no port, only a socket in its own folder.
#   bench/cluster.sh start   prints the folder of the socket
#   bench/cluster.sh stop    stops it; with --wipe its data go too
set -euo pipefail

HOME_=${KEMBAR_BENCH_HOME:-/tmp/kembar-bench}
DATA=$HOME_/postgres
SOCKET=$HOME_/socket
# Debian keeps the server's programs out of the path.
BIN=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -1)")

# The server refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); else "$@"; fi
}

start() {
  mkdir -p "$HOME_" "$SOCKET"
  chmod 755 "$HOME_"
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$DATA"
    chown -R postgres:postgres "$DATA" "$SOCKET"
  fi
  if [ ! -f "$DATA/PG_VERSION" ]; then
    as_owner "$BIN/initdb" --pgdata="$DATA" --username=bench --auth=trust --encoding=UTF8 \
      --locale=C.UTF-8 >"$HOME_/initdb.log"
  fi
  # Nothing but the folder of the socket lets anybody in: only its owner and root.
  chmod 700 "$SOCKET"
  if ! as_owner "$BIN/pg_ctl" --pgdata="$DATA" status >/dev/null; then
    as_owner "$BIN/pg_ctl" --pgdata="$DATA" --wait --log="$DATA/server.log" start >/dev/null \
      -o "-c listen_addresses= -c unix_socket_directories=$SOCKET -c shared_buffers=512MB -c max_connections=50"
  fi
  echo "$SOCKET"
}

stop() {
  if [ -f "$DATA/PG_VERSION" ]; then
    as_owner "$BIN/pg_ctl" --pgdata="$DATA" --mode=fast --wait stop >/dev/null || true
    if [ "${1:-}" = --wipe ]; then rm -rf "$DATA" "$SOCKET"; fi
  fi
}

case "${1:-}" in
  start) start ;;
  stop) stop "${2:-}" ;;
  *) echo "usage: bench/cluster.sh start|stop [--wipe]" >&2; exit 2 ;;
esac

#!/bin/sh
# All benches, one after the other. Each ends with 1 if a bar is missed; the last word is the worst.
set -u
cd "$(dirname "$0")/.."
worst=0
for bench in bench/pages.py bench/imports.py bench/commitments.py bench/atlas.py bench/tryton.py bench/scouting.py bench/partners.py bench/prospectus.py bench/procedure.py bench/cases.py bench/desk.py; do
    echo "== $bench"
    .venv/bin/python "$bench" "$@" || worst=1
done
exit $worst

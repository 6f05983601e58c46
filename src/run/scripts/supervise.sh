# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Stays beside the server as its parent: writes the record, and at the end the exit code. In a session of
# its own; "$@" is the server's command. Takes FL_DIR and FL_RECORD. Comments are cut before it is sent.
dir=$FL_DIR record=$FL_RECORD
unset FL_DIR FL_RECORD
trap : TERM
"$@" &
pid=$!
set -f
stat=$(cat "/proc/$pid/stat" 2>/dev/null)
# shellcheck disable=SC2086
set -- ${stat##*) }
group=0
[ "$3" = "$$" ] && group=$$
printf '%s\npid=%s\nsupervisor=%s\ngroup=%s\nstart=%s\n' \
  "$record" "$pid" "$$" "$group" "${20:-0}" >"$dir/record.new" && mv "$dir/record.new" "$dir/record"
code=0
while :; do
  wait "$pid"
  code=$?
  kill -0 "$pid" 2>/dev/null || break
done
printf '%s %s\n' "$pid" "$code" >"$dir/exit"

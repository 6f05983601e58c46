# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Stays beside the server as its parent: sees to its record, and writes at the end the exit code. In a session
# of its own; "$@" is the server's command. Takes FL_DIR, FL_RECORD and FL_ENVIRONMENT (lines NAME=VALUE).
# Comments are cut before it is sent.
dir=$FL_DIR record=$FL_RECORD claim='' FAIRLEAD_LEFT=$FL_ENVIRONMENT
unset FL_DIR FL_RECORD FL_ENVIRONMENT
# The launch may have been cut off, and another may have taken over since.
read -r claim 2>/dev/null <"${dir%/*}/launching"
[ "$claim" = "$FAIRLEAD_RUN" ] || exit 1
trap : TERM
# Of the process that calls it: pid and start time stay the same when it becomes the server.
write_record () {
  read -r stat </proc/self/stat || return
  # shellcheck disable=SC2086
  set -- "${stat%% *}" ${stat##*) }
  group=0
  [ "$4" = "$$" ] && group=$$
  printf '%s\npid=%s\nsupervisor=%s\ngroup=%s\nstart=%s\n' \
    "$record" "$1" "$$" "$group" "${21}" >"$dir/record.new" && mv "$dir/record.new" "$dir/record"
}
# The profile's variables are for the server alone, so last of all. Ours have a name that no profile gives.
FAIRLEAD_NEWLINE='
'
give_variables () {
  while [ -n "$FAIRLEAD_LEFT" ]; do
    # shellcheck disable=SC2163
    export "${FAIRLEAD_LEFT%%"$FAIRLEAD_NEWLINE"*}"
    case $FAIRLEAD_LEFT in
      *"$FAIRLEAD_NEWLINE"*) FAIRLEAD_LEFT=${FAIRLEAD_LEFT#*"$FAIRLEAD_NEWLINE"} ;;
      *) FAIRLEAD_LEFT='' ;;
    esac
  done
}
# The record first: wherever this is cut off, there is no server without one.
(write_record && give_variables && exec "$@") &
pid=$!
code=0
while :; do
  wait "$pid"
  code=$?
  kill -0 "$pid" 2>/dev/null || break
done
printf '%s %s\n' "$pid" "$code" >"$dir/exit"

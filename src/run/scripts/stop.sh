# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Stop: TERM to our server's process group, KILL after the grace time; nothing else is ever signalled.
# Takes FL_DIR, FL_TOKEN and FL_GRACE (tenths of a second).

# fl_signal NAME. No `--`: busybox's kill does not take it, and dash's not with -0.
fl_signal () {
  if [ "${r_group:-0}" -gt 1 ]; then
    kill "-$1" "-$r_group" 2>/dev/null
  else
    kill "-$1" "$r_pid" 2>/dev/null
  fi
}

fl_running () {
  if [ "${r_group:-0}" -gt 1 ]; then
    # A host's init may take its time to bury what has ended.
    kill -0 "-$r_group" 2>/dev/null && [ -n "$(fl_members "$r_group")" ]
  else
    fl_alive "$r_pid" "$r_start"
  fi
}

# fl_wait TENTHS: true when all of it has ended by then.
fl_wait () {
  fl_tries=0
  while fl_running; do
    [ "$fl_tries" -lt "$1" ] || return 1
    fl_tries=$((fl_tries + 1))
    fl_nap
  done
}

fl_stop () {
  if ! fl_load "$FL_DIR"; then
    fl_result=gone
  elif [ "$r_token" != "$FL_TOKEN" ]; then
    fl_result=changed
  elif ! fl_ours; then
    fl_result=gone
  else
    fl_result=stopped
    fl_signal TERM
    if ! fl_wait "$FL_GRACE"; then
      # The record may speak of another by now only if ours has ended, and then nothing is signalled.
      fl_ours && fl_signal KILL
      fl_result=killed
      fl_wait 50 || fl_result=stuck
    fi
    [ "$fl_result" = stuck ] || rm -f "$FL_DIR/record"
  fi
}

fl_main () {
  fl_places
  if fl_lock; then
    fl_stop
  else
    fl_result=locked
  fi
  fl_begin
  fl_word result "$fl_result"
  fl_end
}

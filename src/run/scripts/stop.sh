# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Stop: TERM to our server's process group and to those of its processes that left it, KILL after the grace time;
# nothing else is ever signalled. Takes FL_DIR, FL_TOKEN and FL_GRACE (tenths of a second).
#
# Who left the group is of our server if it has our token in its environment, and either is in the server's session
# or descends from it. A process that made itself independent is let be, also with the token: it may be somebody's
# tmux by now, with everything in it.

# fl_family SESSION SERVER: those, in the group or not.
fl_family () {
  set +f
  fl_near=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v session="$1" -v server="$2" '{
      pid = $1
      sub(/^.*\) /, "")
      parent[pid] = $2
      if ($4 == session)
        near[pid] = 1
    }
    END {
      for (pid in parent) {
        for (p = pid; p + 0 > 1 && depth[pid] < 100 && p != server; p = parent[p])
          depth[pid]++
        if (p == server || pid in near)
          print pid
      }
    }')
  set -f
  for fl_pid in $fl_near; do
    [ -O "/proc/$fl_pid" ] && fl_has_token "$fl_pid" "$r_token" && printf '%s\n' "$fl_pid"
  done
}

# fl_note SESSION SERVER: what of it there is now, each as PID.START: fl_known of the group, fl_strays of the others.
fl_note () {
  fl_known=' '
  [ "$r_group" -le 1 ] || for fl_pid in $(fl_members "$r_group"); do
    fl_stat "$fl_pid" && fl_known="$fl_known$fl_pid.$fl_start "
  done
  fl_strays=''
  for fl_pid in $(fl_family "$@"); do
    fl_stat "$fl_pid" && [ "$fl_group" != "$r_group" ] && fl_strays="$fl_strays $fl_pid.$fl_start"
  done
}

# One of those that were in the group lives and is there: so its number has not come to mean another.
fl_same_group () {
  [ "$r_group" -gt 1 ] || return 1
  for fl_pid in $(fl_members "$r_group"); do
    fl_stat "$fl_pid" || continue
    case $fl_known in *" $fl_pid.$fl_start "*) return 0 ;; esac
  done
  return 1
}

# fl_signal NAME. No `--`: busybox's kill does not take it, and dash's not with -0.
fl_signal () {
  fl_same_group && kill "-$1" "-$r_group" 2>/dev/null
  for fl_stray in $fl_strays; do
    fl_alive "${fl_stray%.*}" "${fl_stray#*.}" && kill "-$1" "${fl_stray%.*}" 2>/dev/null
  done
}

# A host's init may take its time to bury what has ended.
fl_running () {
  fl_same_group && return
  for fl_stray in $fl_strays; do
    fl_alive "${fl_stray%.*}" "${fl_stray#*.}" && return
  done
  return 1
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

# The supervisor, with which the session began, has ended: at once after its server. The number is not given to
# another as long as somebody is in that session, so who lives under it now is of another.
fl_leader_ended () {
  fl_tries=0
  while fl_stat "$r_group" && [ "$fl_state" != Z ] && [ "$fl_state" != X ]; do
    [ "$fl_tries" -lt 10 ] || return 1
    fl_tries=$((fl_tries + 1))
    fl_nap
  done
}

fl_end_all () {
  fl_result=stopped
  fl_signal TERM
  # One that stands still would hear it only when it goes on.
  fl_signal CONT
  fl_wait "$FL_GRACE" && return
  fl_result=killed
  fl_signal KILL
  fl_wait 50 || fl_result=stuck
}

fl_stop () {
  if ! fl_load "$FL_DIR"; then
    fl_result=gone
    [ -e "$FL_DIR/record" ] && fl_result=unreadable
    return
  elif [ "$r_token" != "$FL_TOKEN" ]; then
    fl_result=changed
    return
  elif fl_ours; then
    fl_own_group
    fl_stat "$r_pid"
    fl_note "$fl_session" "$r_pid"
  elif [ "$r_boot" = "$fl_boot" ] && [ "$r_group" -gt 1 ] && fl_leader_ended; then
    # The server has ended; what it started may be in its session still.
    fl_session=$r_group r_group=0
    fl_note "$fl_session" none
  else
    fl_known='' fl_strays=''
  fi
  fl_result=gone
  fl_running && fl_end_all
  [ "$fl_result" = stuck ] || rm -f "$FL_DIR/record"
}

fl_main () {
  fl_places
  fl_take_lock && fl_stop
  fl_begin
  fl_word result "$fl_result"
  fl_end
}

# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# This host: solvers of ours by their records, solvers of others as far as they can be seen, who listens where,
# and who uses the graphics cards. Only looks. After look.sh. Takes FL_PORT.

# A column may hold any bytes if it is in hexadecimal, as in a record.
fl_write_row () {
  fl_row=$1
  shift
  for fl_column in "$@"; do
    fl_row="$fl_row	$fl_column"
  done
  printf '%s\n' "$fl_row"
}

# fl_age START: seconds since, of a start time as proc_pid_stat(5) has it.
fl_age () {
  printf %s "$((fl_uptime - $1 / fl_ticks))"
}

# Our account's records on this host: port, state, pid, age, exit code, token, path, profile, desktop.
fl_list_records () {
  set +f
  for fl_dir in "$fl_records"/[0-9]*; do
    set -f
    fl_load "$fl_dir" || continue
    fl_state_word=ended fl_seconds='' fl_who='' fl_code=''
    if [ "$r_boot" != "$fl_boot" ]; then
      fl_state_word=rebooted
    elif fl_ours; then
      fl_state_word=running fl_seconds=$(fl_age "$r_start")
    else
      read -r fl_who fl_code 2>/dev/null <"$fl_dir/exit"
      [ "$fl_who" = "$r_pid" ] || fl_code=''
    fi
    fl_write_row "${fl_dir##*/}" "$fl_state_word" "$r_pid" "$fl_seconds" "$fl_code" "$r_token" "$r_path" \
      "$r_profile" "$r_desktop"
  done
  set -f
}

# fl_is_solver PID: by what it was started as; a shell that starts one is none.
fl_is_solver () {
  fl_words=$(fl_command_of "$1")
  fl_program=${fl_words%% *}
  case ${fl_program##*/} in
    ppf-cts-server) return 0 ;;
    python*) ;;
    *) return 1 ;;
  esac
  case $fl_words in *' server.py '* | */server.py' '*) return 0 ;; esac
  return 1
}

# Those without a record: pid, account, whether it is ours, age, command.
fl_list_others () {
  set +f
  grep -lE 'server\.py|ppf-cts-server' /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ fl_pid _; do
    set -f
    case " $fl_known " in *" $fl_pid "*) continue ;; esac
    if fl_is_solver "$fl_pid" && fl_stat "$fl_pid"; then
      fl_owner=$(fl_uid_of "$fl_pid")
      fl_mine=no
      [ "$fl_owner" = "$fl_me" ] && fl_mine=yes
      [ -z "$fl_owner" ] || fl_write_row "$fl_pid" "$(fl_name_of "$fl_owner")" "$fl_mine" \
        "$(fl_age "$fl_start")" "$(fl_line "$fl_words")"
    fi
  done
  set -f
}

# Who listens: "PORT UID INODE", each port of an account once (proc_net(5)).
fl_sockets () {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '
    function number(hex,   i, n) {
      for (i = 1; i <= length(hex); i++)
        n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
      return n
    }
    $4 == "0A" {
      split($2, local, ":")
      port = number(local[2])
      if (port >= 1024 && !((port, $8) in seen)) {
        seen[port, $8] = 1
        print port, $8, $10
      }
    }' | sort -n | head -n 200
}

# "INODE PID" of each socket of the processes that we may look into, by one pass over them.
fl_socket_holders () {
  set +f
  # shellcheck disable=SC2012
  ls -l /proc/[0-9]*/fd 2>/dev/null | awk '
    /^\/proc\/[0-9]+\/fd:$/ { split($1, part, "/"); pid = part[3] }
    $NF ~ /^socket:\[[0-9]+\]$/ { inode = $NF; gsub(/[^0-9]/, "", inode); print inode, pid }'
  set -f
}

# port, account, whether it is ours, pid, command; the last two where they can be seen.
fl_list_ports () {
  fl_holders=$(fl_socket_holders)
  fl_sockets | while read -r fl_number fl_owner fl_inode; do
    fl_pid=$(printf '%s\n' "$fl_holders" | awk -v inode="$fl_inode" '$1 == inode { print $2; exit }')
    fl_mine=no fl_words=''
    [ "$fl_owner" = "$fl_me" ] && fl_mine=yes
    [ -z "$fl_pid" ] || fl_words=$(fl_line "$(fl_command_of "$fl_pid")")
    fl_write_row "$fl_number" "$(fl_name_of "$fl_owner")" "$fl_mine" "$fl_pid" "$fl_words"
  done
}

fl_main () {
  fl_me=$(id -u)
  fl_uptime=$(sed 's/[. ].*//' /proc/uptime 2>/dev/null)
  fl_ticks=$(getconf CLK_TCK 2>/dev/null || echo 100)
  fl_places
  fl_own=$(fl_list_records)
  fl_known=$(printf '%s\n' "$fl_own" | awk -F'\t' '$2 == "running" { print $3 }' | tr '\n' ' ')
  fl_foreign=$(fl_list_others)
  fl_listening=$(fl_list_ports)
  fl_look_at_gpus
  fl_free=$FL_PORT
  if fl_port_taken "$FL_PORT"; then
    fl_free_port
  fi
  fl_begin
  fl_put user "$(fl_name_of "$fl_me")"
  fl_put host "$(uname -n)"
  fl_put home "$HOME"
  fl_put load "$(cut -d ' ' -f 1-3 /proc/loadavg 2>/dev/null)"
  fl_put records "$fl_records"
  fl_put solvers "$fl_own"
  fl_put others "$fl_foreign"
  fl_put ports "$fl_listening"
  fl_word port-free "$fl_free"
  fl_put_gpus
  fl_end
}

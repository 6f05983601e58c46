# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What the other scripts share. POSIX sh, and of test(1) -ef and -O, which all shells here have; tools of any
# GNU/Linux and of busybox: awk, cat, chmod, cksum, cut, dd, df, grep, id, kill, ls, mkdir, mv, od, rm, sed, sleep,
# sort, tail, tr, uname, wc. FL_* come from Fairlead, fl_* are our own.

set -f

# A process in a container may have no home.
if [ -z "${HOME-}" ]; then
  HOME=$(awk -F: -v uid="$(id -u)" '$3 == uid { print $6; exit }' /etc/passwd 2>/dev/null)
  HOME=${HOME:-/}
  export HOME
fi

# Replies: lines KEY=HEX (any bytes) and KEY:WORD, between two lines with this run's marker.
fl_begin () {
  printf '\n%s begin\n' "$FL_MARK"
}

fl_end () {
  printf '\n%s end\n' "$FL_MARK"
}

fl_hex () {
  printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

fl_put () {
  printf '%s=%s\n' "$1" "$(fl_hex "$2")"
}

fl_word () {
  printf '%s:%s\n' "$1" "$2"
}

fl_nap () {
  sleep 0.1 2>/dev/null || sleep 1
}

# fl_number TEXT: digits, few enough for every shell's arithmetic.
fl_number () {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ ${#1} -le 18 ]
}

# fl_stat PID: fl_state, fl_group, fl_session and fl_start of a process; false when it is gone (proc(5), stat).
fl_stat () {
  fl_state='' fl_group='' fl_session='' fl_start=''
  fl_text=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- ${fl_text##*) }
  fl_state=$1 fl_group=$3 fl_session=$4 fl_start=${20}
}

# fl_alive PID START: that very process runs.
fl_alive () {
  fl_stat "$1" && [ "$fl_start" = "$2" ] && [ "$fl_state" != Z ] && [ "$fl_state" != X ]
}

# fl_members GROUP: the living processes of a process group.
fl_members () {
  set +f
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v group="$1" '{
      pid = $1
      sub(/^.*\) /, "")
      if ($3 == group && $1 != "Z" && $1 != "X")
        print pid
    }'
  set -f
}

# fl_has_token PID TOKEN: the process was started with this FAIRLEAD_RUN. In the middle of its execve(2) a
# process has no environment, which says nothing yet: looked at again.
fl_has_token () {
  fl_looks=0
  while fl_environ=$({ tr '\000' '\n' <"/proc/$1/environ"; } 2>/dev/null) && [ -z "$fl_environ" ]; do
    fl_looks=$((fl_looks + 1))
    [ "$fl_looks" -lt 10 ] || return 1
    fl_nap
  done
  printf '%s\n' "$fl_environ" | grep -qx "FAIRLEAD_RUN=$2"
}

# Where the records of this host and boot are: a home may be shared by many hosts, and by containers that
# have one machine id (FL_PLACE). A machine-id(5) that was not set yet is nobody's.
fl_places () {
  fl_boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
  fl_machine=$(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)
  [ ${#fl_machine} -eq 32 ] || fl_machine=$(uname -n)
  fl_machine=$(printf 'fairlead %s' "$fl_machine${FL_PLACE:+ $FL_PLACE}" | { sha256sum 2>/dev/null || cksum; } |
               tr -cd '0-9a-f' | cut -c 1-16)
  fl_records=${XDG_STATE_HOME:-$HOME/.local/state}/fairlead/$fl_machine
}

# Makes fl_dir, where nobody else can write: what stands there is believed enough to be looked up.
fl_make_places () {
  (umask 077 && mkdir -p "$fl_dir") 2>/dev/null && [ -O "$fl_records" ] && [ -O "$fl_dir" ] &&
    chmod 700 "$fl_records" "$fl_dir" 2>/dev/null
}

# fl_load DIRECTORY: r_* of the record in it; false when there is none that makes sense. Nothing in it is believed
# before fl_ours and fl_own_group have looked at the processes themselves.
fl_load () {
  r_pid='' r_group='' r_start='' r_boot='' r_token='' r_path='' r_port='' r_profile='' r_desktop=''
  r_supervisor='' r_log_inode='' r_log_size=''
  [ -f "$1/record" ] && [ -r "$1/record" ] && [ "$(wc -c <"$1/record")" -le 65536 ] || return 1
  while IFS='=' read -r fl_key fl_value; do
    case $fl_value in *[!0-9a-f-]*) continue ;; esac
    case $fl_key in
      pid) r_pid=$fl_value ;;
      group) r_group=$fl_value ;;
      supervisor) r_supervisor=$fl_value ;;
      start) r_start=$fl_value ;;
      boot) r_boot=$fl_value ;;
      token) r_token=$fl_value ;;
      path) r_path=$fl_value ;;
      port) r_port=$fl_value ;;
      profile) r_profile=$fl_value ;;
      desktop) r_desktop=$fl_value ;;
      log-inode) r_log_inode=$fl_value ;;
      log-size) r_log_size=$fl_value ;;
    esac
  done <"$1/record"
  fl_number "$r_group" || r_group=0
  fl_number "$r_port" || r_port=''
  fl_number "$r_log_inode" && fl_number "$r_log_size" || r_log_inode='' r_log_size=''
  fl_number "$r_pid" && [ "$r_pid" -gt 1 ] && fl_number "$r_start" && [ ${#r_token} -eq 32 ]
}

# fl_ours: the loaded record speaks of a process that runs now and is ours.
fl_ours () {
  [ "$r_boot" = "$fl_boot" ] && [ -O "/proc/$r_pid" ] && fl_alive "$r_pid" "$r_start" &&
    fl_has_token "$r_pid" "$r_token"
}

# fl_own_group: where it is ours, leaves r_group only if that is the server's process group, in a session that
# began with it (setsid(2)), so that nobody else can be in it; else 0.
fl_own_group () {
  fl_stat "$r_pid"
  if [ "$r_group" -gt 1 ] && [ "$r_group" = "$fl_group" ] && [ "$r_group" = "$fl_session" ]; then
    fl_stat $$
    [ "$r_group" != "$fl_group" ] && return
  fi
  r_group=0
}

# Of the loaded record, one that is ours: the listening sockets of its processes, told by their inodes in its
# own network namespace (proc(5)); no tool is needed.
fl_sockets () {
  fl_own_group
  fl_pids=$r_pid
  [ "$r_group" -gt 1 ] && fl_pids=$(fl_members "$r_group")
  fl_inodes=$(for fl_pid in $fl_pids; do ls -l "/proc/$fl_pid/fd"; done 2>/dev/null |
              sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  cat "/proc/$r_pid/net/tcp" "/proc/$r_pid/net/tcp6" 2>/dev/null |
    awk -v inodes="$fl_inodes" '
      BEGIN { n = split(inodes, list, " "); for (i = 1; i <= n; i++) ours[list[i]] = 1 }
      $4 == "0A" && ($10 in ours) { print $2 }'
}

# fl_disk_free PATH: the KiB that this account may still write there; nothing where it cannot be told. To root
# belongs what is reserved too.
fl_disk_free () {
  df -Pk -- "$1" 2>/dev/null | awk -v uid="$(id -u)" 'END {
    if ($2 ~ /^[0-9]+$/ && $2 > 0)
      print uid == 0 ? $2 - $3 : $4 }'
}

# fl_on_its_way TOKEN: something of that launch runs, and there is no record of it yet.
fl_on_its_way () {
  set +f
  cat "$fl_records"/[0-9]*/record 2>/dev/null | grep -qx "token=$1"
  fl_unknown=$?
  [ "$fl_unknown" -ne 0 ] &&
    cat /proc/[0-9]*/environ 2>/dev/null | tr '\000' '\n' | grep -qx "FAIRLEAD_RUN=$1"
  fl_unknown=$?
  set -f
  return "$fl_unknown"
}

# One launch or stop at a time on this host. A lock whose holder is gone, or cannot be told, is moved away; the
# move is looked at afterwards, since two may have tried it. 1: somebody has it; 2: none can be made there.
fl_lock () {
  fl_tries=0 fl_missing=0
  until mkdir "$fl_records/lock" 2>/dev/null; do
    fl_tries=$((fl_tries + 1))
    [ "$fl_tries" -lt 100 ] || return 1
    # None is there: given back just now, time and again, or none can be made.
    fl_missing=$((fl_missing + 1))
    [ -d "$fl_records/lock" ] && fl_missing=0
    [ "$fl_missing" -lt 5 ] || return 2
    fl_holder=$(cat "$fl_records/lock/holder" 2>/dev/null)
    # shellcheck disable=SC2086
    set -- $fl_holder
    if [ $# -eq 3 ] && { [ "$3" != "$fl_boot" ] || ! fl_alive "$1" "$2"; } ||
       { [ $# -ne 3 ] && [ "$fl_tries" -gt 50 ]; }; then
      mv "$fl_records/lock" "$fl_records/stale.$$" 2>/dev/null || continue
      if [ "$(cat "$fl_records/stale.$$/holder" 2>/dev/null)" = "$fl_holder" ] ||
         ! mv "$fl_records/stale.$$" "$fl_records/lock" 2>/dev/null; then
        rm -rf "$fl_records/stale.$$"
      fi
      continue
    fi
    fl_nap
  done
  trap 'rm -rf "$fl_records/lock"' EXIT
  fl_stat $$
  { printf '%s %s %s\n' "$$" "$fl_start" "$fl_boot" >"$fl_records/lock/holder"; } 2>/dev/null || return 2
  trap 'exit 1' HUP INT TERM PIPE
}

# Takes the lock; else fl_result says why not.
fl_take_lock () {
  fl_lock
  case $? in
    0) return 0 ;;
    1) fl_result=locked ;;
    *) fl_result=no-state ;;
  esac
  return 1
}

# Goes to the remote path: `~` and `~/…` are the home, as a shell would have it.
fl_enter () {
  # shellcheck disable=SC2088
  case $FL_PATH in
    '' | '~') fl_path=$HOME ;;
    '~/'*) fl_path=$HOME/${FL_PATH#'~/'} ;;
    *) fl_path=$FL_PATH ;;
  esac
  cd -- "$fl_path" 2>/dev/null || return 1
  fl_path=$(pwd -P && printf x)
  fl_path=${fl_path%?x}
}

# fl_port_taken PORT: who listens there where it would be in our way: fl_inode and fl_uid. True when somebody
# does.
fl_port_taken () {
  # shellcheck disable=SC2046
  set -- $(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port="$(printf %04X "$1")" '$4 == "0A" {
      split($2, local, ":")
      if (local[2] == port && local[1] ~ /^(00000000|0100007F|00000000000000000000000000000000|0000000000000000FFFF00000100007F)$/) {
        print $10, $8
        exit
      }
    }')
  fl_inode=$1 fl_uid=$2
  [ $# -eq 2 ]
}

# fl_user_name UID: whose number that is, where this host knows.
fl_user_name () {
  { getent passwd "$1" 2>/dev/null || awk -F: -v uid="$1" '$3 == uid' /etc/passwd; } 2>/dev/null |
    cut -d : -f 1 | sed -n 1p
}

# fl_holder_of INODE: the process of ours, if any, that has this socket open.
fl_holder_of () {
  set +f
  # shellcheck disable=SC2012
  ls -l /proc/[0-9]*/fd 2>/dev/null |
    awk -v socket="socket:[$1]" '
      /^\/proc\/[0-9]+\/fd:$/ { split($1, part, "/"); pid = part[3] }
      $NF == socket { print pid; exit }'
  set -f
}

# fl_command_of PID: its command line.
fl_command_of () {
  { tr '\000' ' ' <"/proc/$1/cmdline" | cut -c 1-300; } 2>/dev/null
}

# fl_free: the first port after FL_PORT that nobody listens on, and that any account may listen on; 0: none. Where only
# some can be reached (FL_PORTS, those that a container publishes), one of them.
fl_free_port () {
  if [ -n "${FL_PORTS-}" ]; then
    for fl_free in $FL_PORTS; do
      [ "$fl_free" = "$FL_PORT" ] || fl_port_taken "$fl_free" || return 0
    done
    fl_free=0
    return
  fi
  fl_free=$FL_PORT
  [ "$fl_free" -ge 1023 ] || fl_free=1023
  while [ "$fl_free" -lt 65535 ]; do
    fl_free=$((fl_free + 1))
    fl_port_taken "$fl_free" || return 0
  done
  fl_free=0
}

# Where docker and podman are, and what they need to know of the account, which a login would have set.
fl_engine_environment () {
  PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin
  if [ -z "${XDG_RUNTIME_DIR-}" ] && [ -d "/run/user/$(id -u)" ]; then
    XDG_RUNTIME_DIR=/run/user/$(id -u)
    export XDG_RUNTIME_DIR
  fi
}

# logind may end all of an account's processes when its last session ends (logind.conf(5)).
fl_ended_at_logout () {
  [ "$(id -u)" -ne 0 ] && command -v busctl >/dev/null 2>&1 || return 1
  case $(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 \
           org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null) in
    'b true') ;;
    *) return 1 ;;
  esac
  case $(loginctl show-user "$(id -u)" -p Linger 2>/dev/null) in *=yes) return 1 ;; esac
}

# fl_venv, and fl_python: the interpreter of FL_PYTHON, of the venv, or on PATH; empty: none.
fl_find_python () {
  fl_venv=$HOME/.local/share/ppf-cts/venv
  [ -d "$fl_venv" ] || fl_venv=''
  if [ -n "$FL_PYTHON" ]; then
    # shellcheck disable=SC2088
    case $FL_PYTHON in '~/'*) FL_PYTHON=$HOME/${FL_PYTHON#'~/'} ;; esac
    fl_python=$(command -v -- "$FL_PYTHON" 2>/dev/null)
    return
  fi
  for fl_python in "$fl_venv/bin/python3" "$fl_venv/bin/python"; do
    [ -n "$fl_venv" ] && [ -x "$fl_python" ] && return
  done
  fl_python=$(command -v python3 2>/dev/null) && return
  # The person's own set-up of PATH may stand in the files of a login shell only.
  fl_python=$("${SHELL:-sh}" -l -c 'command -v python3' 2>/dev/null | tail -n 1)
  [ -x "$fl_python" ] || fl_python=''
}

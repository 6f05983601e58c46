# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Follows server.log (stream l, descriptor 4) and progress.log (stream p, descriptor 5) and watches the
# server's process, until nobody reads: a write fails, the shell ends, nothing is left behind.
#
# Said on standard output: "\nMARKER EVENT\n", and after a `data` event bytes of that stream until the next
# marker. Events: data S INODE OFFSET, gap S, truncated S, exit CODE, alive. A file is read through one
# descriptor, whose position the kernel keeps (proc(5), fdinfo): no line is lost or doubled when the name
# comes to mean another file.
#
# Takes FL_PATH, FL_DIR, FL_PID and, per stream, FL_L_INODE/FL_L_OFFSET, FL_P_INODE/FL_P_OFFSET (where an
# earlier follower got to; empty: nowhere) and FL_L_TAIL/FL_P_TAIL (bytes to begin with then).

fl_say () {
  printf '\n%s %s\n' "$FL_MARK" "$*" 2>/dev/null || exit 0
}

# fl_open FD FILE: the file, or nothing for as long as there is none.
fl_open () {
  if [ -f "$2" ] && [ -r "$2" ]; then
    case $1 in 4) exec 4<"$2" ;; *) exec 5<"$2" ;; esac
  else
    case $1 in 4) exec 4</dev/null ;; *) exec 5</dev/null ;; esac
  fi
}

# fl_look FD: fl_inode, fl_size and fl_position of what is open there.
fl_look () {
  fl_position=0
  # shellcheck disable=SC2034
  read -r fl_label fl_position <"/proc/$$/fdinfo/$1"
  # shellcheck disable=SC2046,SC2012
  set -- $(ls -lniLd "/proc/$$/fd/$1" 2>/dev/null)
  fl_inode=$1 fl_size=$6
  # A device has "major," where a file has its size.
  case $fl_size in '' | *[!0-9]*) fl_size=0 fl_inode=0 fl_position=0 ;; esac
}

# fl_read STREAM FD: what has come since the last time.
fl_read () {
  fl_look "$2"
  if [ "$fl_size" -gt "$fl_position" ]; then
    fl_say data "$1" "$fl_inode" "$fl_position"
    case $2 in 4) cat <&4 ;; *) cat <&5 ;; esac 2>/dev/null
    fl_spoke=yes
  elif [ "$fl_size" -lt "$fl_position" ]; then
    fl_say truncated "$1"
    fl_open "$2" "$3"
    fl_spoke=yes
  fi
}

# fl_tick STREAM FD FILE
fl_tick () {
  fl_read "$@"
  if [ -f "$3" ] && ! [ "$3" -ef "/proc/$$/fd/$2" ]; then
    # The old file to its end first: its writer may have been between two lines.
    fl_read "$@"
    fl_open "$2" "$3"
    fl_read "$@"
  fi
}

# fl_from OFFSET FD: all from that byte on; leaves the descriptor at what it has read.
fl_from () {
  case $2 in 4) tail -c "+$(($1 + 1))" <&4 ;; *) tail -c "+$(($1 + 1))" <&5 ;; esac 2>/dev/null
}

# fl_old_file FILE INODE: where the file of that inode is now, beside FILE.
fl_old_file () {
  set +f
  for fl_old in "$1".* "$1"-*; do
    set -f
    # shellcheck disable=SC2046,SC2012
    set -- "$1" "$2" $(ls -id "$fl_old" 2>/dev/null)
    [ "${3-}" = "$2" ] && [ -r "$fl_old" ] && return 0
  done
  set -f
  return 1
}

# fl_resume STREAM FD FILE INODE OFFSET TAIL
fl_resume () {
  fl_open "$2" "$3"
  fl_look "$2"
  if [ -z "$4" ]; then
    if [ "$fl_size" -gt "$6" ]; then
      fl_say data "$1" "$fl_inode" $((fl_size - $6))
      fl_from $((fl_size - $6)) "$2"
    fi
  elif [ "$fl_inode" = "$4" ] && [ "$fl_size" -ge "$5" ]; then
    fl_say data "$1" "$4" "$5"
    fl_from "$5" "$2"
  elif [ "$fl_inode" = "$4" ]; then
    fl_say truncated "$1"
  elif fl_old_file "$3" "$4"; then
    fl_say data "$1" "$4" "$5"
    tail -c "+$(($5 + 1))" <"$fl_old" 2>/dev/null
  else
    fl_say gap "$1"
  fi
  fl_say alive
}

# The server's end, and its code where the supervisor lived to write it.
fl_watch () {
  [ -n "$FL_PID" ] && ! [ -d "/proc/$FL_PID" ] || return 0
  fl_gone=$((fl_gone + 1))
  if read -r fl_who fl_code 2>/dev/null <"$FL_DIR/exit" && [ "$fl_who" = "$FL_PID" ]; then
    :
  elif [ "$fl_gone" -gt 4 ]; then
    fl_code=-
  else
    return 0
  fi
  # Its last words before its end.
  fl_tick l 4 server.log
  fl_tick p 5 progress.log
  fl_say exit "$fl_code"
  FL_PID=''
}

fl_main () {
  fl_gone=0 fl_quiet=0
  fl_enter || exit 1
  fl_resume l 4 server.log "$FL_L_INODE" "$FL_L_OFFSET" "$FL_L_TAIL"
  fl_resume p 5 progress.log "$FL_P_INODE" "$FL_P_OFFSET" "$FL_P_TAIL"
  while :; do
    fl_spoke=no
    fl_tick l 4 server.log
    fl_tick p 5 progress.log
    fl_watch
    fl_quiet=$((fl_quiet + 1))
    # The end mark of the data, or now and then a sign of life: the write that tells us when nobody reads
    # any more. Each wakes the reader's computer.
    if [ "$fl_spoke" = yes ] || [ "$fl_quiet" -ge 40 ]; then
      fl_say alive
      fl_quiet=0
    fi
    sleep 0.25 2>/dev/null || sleep 1
  done
}

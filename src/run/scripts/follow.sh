# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Follows server.log (stream l, descriptor 4) and progress.log (stream p, descriptor 5) and watches the
# server's process, until nobody reads: a write fails, the shell ends, nothing is left behind.
#
# Said on standard output: "\nMARKER EVENT\n", and after a `data` event bytes of that stream until the next
# marker. Events: data S INODE OFFSET, skipped S (it does not begin at its beginning), gap S and truncated S
# (lines are missing), cut S (it was truncated, and nothing is missing), exit CODE, alive. A file is read
# through one descriptor, whose position the kernel keeps (proc(5), fdinfo): no line is lost or doubled when
# the name comes to mean another file. That the file was truncated and has grown past our position shows in
# the bytes before it.
#
# Takes FL_PATH, FL_DIR, FL_PID and, per stream, FL_L_INODE, FL_L_OFFSET and FL_L_CHECK (where an earlier
# follower got to, and the bytes before that place, as od(1) has them; empty: nowhere, not known) and FL_L_TAIL
# (bytes to begin with at the most; empty: all); FL_P_… for progress.log.

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

# fl_dd FD OPERAND…: through that descriptor, whose position it moves.
fl_dd () {
  fl_fd=$1
  shift
  case $fl_fd in 4) dd "$@" <&4 ;; *) dd "$@" <&5 ;; esac 2>/dev/null
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

# fl_before FILE POSITION BYTES: fl_bytes, those that stand before that position.
fl_before () {
  # shellcheck disable=SC2046
  set -- $(od -An -v -tx1 -j "$(($2 - $3))" -N "$3" "$1" 2>/dev/null)
  fl_bytes="$*"
}

# fl_is_at FILE POSITION CHECK: the bytes before that position are those; empty: whatever they are.
fl_is_at () {
  [ -n "$3" ] || return 0
  fl_before "$1" "$2" "$(((${#3} + 1) / 3))"
  [ "$fl_bytes" = "$3" ]
}

# How many bytes the server has written in all (proc(5), io), to whatever: fl_wrote; empty where the kernel
# does not tell.
fl_count () {
  fl_wrote=''
  [ -n "$FL_PID" ] && while read -r fl_label fl_value; do
    [ "$fl_label" = wchar: ] && fl_wrote=$fl_value && break
  done 2>/dev/null <"/proc/$FL_PID/io"
}

# fl_note STREAM FD: what there is to know of this place when the file is truncated later. All that was written
# until fl_wrote has been read, where the position is the end.
fl_note () {
  fl_count
  fl_look "$2"
  fl_base=''
  [ "$fl_size" -eq "$fl_position" ] && fl_base=$fl_wrote
  fl_bytes=''
  fl_n=$((fl_position < 256 ? fl_position : 256))
  [ "$fl_n" -gt 0 ] && fl_before "/proc/$$/fd/$2" "$fl_position" "$fl_n"
  eval "fl_check_$1=\$fl_bytes fl_base_$1=\$fl_base"
}

# fl_missing FILE BASE: how many bytes of the server's were cut off before they were read: what it has written
# since BASE, less what is in the file again. It appends to it, so its descriptor stands at the file's end
# (open(2), O_APPEND) once it has written since. False where that cannot be told.
fl_missing () {
  [ -n "$2" ] && [ "/proc/$FL_PID/fd/1" -ef "$1" ] || return 1
  fl_tries=0
  while [ "$fl_tries" -lt 20 ]; do
    fl_tries=$((fl_tries + 1))
    fl_count
    fl_then=$fl_wrote fl_end=0
    read -r fl_label fl_end 2>/dev/null <"/proc/$FL_PID/fdinfo/1" || return 1
    fl_count
    if [ -z "$fl_wrote" ] || [ "$fl_wrote" != "$fl_then" ]; then
      continue
    fi
    fl_lost=$((fl_wrote - $2 - fl_end))
    # Nothing was written, so its descriptor stands where we do.
    [ "$fl_wrote" = "$2" ] && fl_lost=$((fl_end - fl_position))
    [ "$fl_lost" -ge 0 ]
    return
  done
  return 1
}

# fl_beside FILE TEST…: fl_found, the first file beside FILE, as rotation names them, that passes TEST.
fl_beside () {
  fl_name=$1
  shift
  set +f
  for fl_found in "$fl_name".* "$fl_name"-*; do
    set -f
    [ -f "$fl_found" ] && [ -r "$fl_found" ] && "$@" && return 0
  done
  set -f
  return 1
}

# A copy of the log that has more than we read of it.
fl_is_copy () {
  [ "$(($(wc -c <"$fl_found")))" -gt "$fl_position" ] && [ -n "$fl_check" ] &&
    fl_is_at "$fl_found" "$fl_position" "$fl_check"
}

# The file of inode fl_wanted, which has what we read of it.
fl_is_old () {
  # shellcheck disable=SC2046,SC2012
  set -- $(ls -id "$fl_found" 2>/dev/null)
  [ "$1" = "$fl_wanted" ] && fl_is_at "$fl_found" "$fl_offset" "$fl_check"
}

# Another log that was written after the one that is open.
fl_is_between () {
  ! [ "$fl_found" -ef "/proc/$$/fd/$fl_fd" ] && [ "$fl_found" -nt "/proc/$$/fd/$fl_fd" ]
}

# fl_cut STREAM FD FILE: it was truncated, after it was read up to fl_position, at fl_base and with fl_check
# before it. Whoever rotates by copying leaves the rest in the copy.
fl_cut () {
  fl_rest=0
  fl_missing "/proc/$$/fd/$2" "$fl_base" || fl_lost=''
  if [ "$fl_lost" != 0 ] && fl_beside "$3" fl_is_copy; then
    fl_say data "$1" "$fl_inode" "$fl_position"
    tail -c "+$((fl_position + 1))" <"$fl_found" 2>/dev/null
    fl_rest=$(($(wc -c <"$fl_found") - fl_position))
  fi
  if [ "$fl_lost" = "$fl_rest" ]; then
    fl_say cut "$1"
  else
    fl_say truncated "$1"
  fi
  fl_open "$2" "$3"
  fl_note "$1" "$2"
  fl_spoke=yes
}

# fl_read STREAM FD FILE: what has come since the last time, or the first of it: fl_more.
fl_read () {
  fl_more=no
  fl_count
  fl_look "$2"
  eval "fl_base=\$fl_base_$1 fl_check=\$fl_check_$1"
  if [ "$fl_size" -eq "$fl_position" ] &&
     { [ "$fl_wrote" = "$fl_base" ] || fl_is_at "/proc/$$/fd/$2" "$fl_position" "$fl_check"; }; then
    eval "fl_base_$1=\$fl_wrote"
  elif [ "$fl_size" -lt "$fl_position" ] || ! fl_is_at "/proc/$$/fd/$2" "$fl_position" "$fl_check"; then
    fl_cut "$@"
    fl_more=yes
  else
    fl_say data "$1" "$fl_inode" "$fl_position"
    fl_dd "$2" bs=65536 count=64
    fl_note "$1" "$2"
    [ "$fl_size" -gt "$fl_position" ] && fl_more=yes
    fl_spoke=yes
  fi
}

# fl_tick STREAM FD FILE
fl_tick () {
  fl_read "$@"
  if [ "$fl_more" = no ] && [ -f "$3" ] && ! [ "$3" -ef "/proc/$$/fd/$2" ]; then
    # A server that was not told of the rotation goes on with the old file.
    [ -n "$FL_PID" ] && [ "/proc/$FL_PID/fd/1" -ef "/proc/$$/fd/$2" ] && ! [ -s "$3" ] && return
    # The old file to its end first: its writer may have been between two lines.
    fl_read "$@"
    [ "$fl_more" = no ] || return
    fl_fd=$2
    [ "$fl_inode" != 0 ] && fl_beside "$3" fl_is_between && fl_say gap "$1"
    fl_open "$2" "$3"
    fl_note "$1" "$2"
    fl_read "$@"
  fi
  [ "$fl_more" = no ] || fl_again=yes
}

# fl_resume STREAM FD FILE INODE OFFSET TAIL CHECK
fl_resume () {
  fl_open "$2" "$3"
  fl_look "$2"
  fl_wanted=$4 fl_offset=$5 fl_check=$7
  if [ -z "$4" ]; then
    fl_offset=0
  elif [ "$fl_inode" = "$4" ] && [ "$fl_size" -ge "$5" ] && fl_is_at "/proc/$$/fd/$2" "$5" "$7"; then
    :
  elif [ "$fl_inode" = "$4" ]; then
    fl_position=$5 fl_base=''
    fl_cut "$1" "$2" "$3"
    fl_offset=0
  elif fl_beside "$3" fl_is_old; then
    fl_open "$2" "$fl_found"
    fl_look "$2"
  else
    fl_say gap "$1"
    fl_offset=0
  fi
  if [ -n "$6" ] && [ "$((fl_size - fl_offset))" -gt "$6" ]; then
    fl_offset=$((fl_size - $6))
    fl_say skipped "$1"
  fi
  [ "$fl_offset" -eq 0 ] || fl_dd "$2" bs=1 skip="$fl_offset" count=0
  fl_note "$1" "$2"
  fl_say alive
}

# Each of both, once; fl_again when there is more.
fl_tick_all () {
  fl_again=no
  fl_tick l 4 server.log
  fl_tick p 5 progress.log
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
  fl_tick_all
  while [ "$fl_again" = yes ]; do
    fl_tick_all
  done
  fl_say exit "$fl_code"
  FL_PID=''
}

fl_main () {
  fl_gone=0 fl_quiet=0
  fl_enter || exit 1
  fl_resume l 4 server.log "$FL_L_INODE" "$FL_L_OFFSET" "$FL_L_TAIL" "$FL_L_CHECK"
  fl_resume p 5 progress.log "$FL_P_INODE" "$FL_P_OFFSET" "$FL_P_TAIL" "$FL_P_CHECK"
  while :; do
    fl_spoke=no
    fl_tick_all
    fl_watch
    fl_quiet=$((fl_quiet + 1))
    # The end mark of the data, or now and then a sign of life: the write that tells us when nobody reads
    # any more. Each wakes the reader's computer.
    if [ "$fl_spoke" = yes ] || [ "$fl_quiet" -ge 40 ]; then
      fl_say alive
      fl_quiet=0
    fi
    [ "$fl_again" = yes ] && continue
    sleep 0.25 2>/dev/null || sleep 1
  done
}

# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Doctor: all that may keep a solver from being started and reached. Only looks. After look.sh. Takes FL_PATH,
# FL_COMMAND, FL_PYTHON, FL_PORT and FL_IMPORTS (imports.py).

fl_now () {
  fl_time=$(date +%s.%N 2>/dev/null)
  # Not every date(1) knows fractions.
  case $fl_time in *[!0-9.]* | '') fl_time=$(date +%s) ;; esac
  printf %s "$fl_time"
}

# Its version, from those that say it without doing anything else.
fl_shell_version () {
  case ${SHELL##*/} in
    bash | zsh | fish | tcsh | ksh | ksh93)
      fl_try 3 "$SHELL" --version </dev/null 2>&1 | head -n 1 ;;
  esac
}

# Why the path cannot be entered: fl_path_state, and fl_nearest, the last folder on the way that is there.
fl_look_at_path () {
  fl_path_state=ok fl_nearest='' fl_writable=no
  if fl_enter; then
    [ -w . ] && fl_writable=yes
    return
  fi
  fl_nearest=$fl_path
  while [ ! -e "$fl_nearest" ] && [ -n "$fl_nearest" ]; do
    case $fl_nearest in
      */*) fl_nearest=${fl_nearest%/*} ;;
      *) fl_nearest=. ;;
    esac
  done
  fl_nearest=${fl_nearest:-/}
  if [ "$fl_nearest" != "$fl_path" ] && [ -d "$fl_nearest" ] && [ -x "$fl_nearest" ]; then
    fl_path_state=missing
  elif [ -d "$fl_nearest" ]; then
    fl_path_state=denied
  else
    fl_path_state='file'
  fi
}

fl_look_at_program () {
  fl_kind=none fl_program=''
  [ "$fl_path_state" = ok ] || return 0
  fl_binary=target/release/ppf-cts-server
  if [ -n "$FL_COMMAND" ]; then
    fl_kind="command"
  elif [ -f server.py ]; then
    fl_kind=python
    [ -r server.py ] || fl_program=unreadable
  elif [ -f "$fl_binary" ]; then
    fl_kind=binary
    [ -x "$fl_binary" ] || fl_program=not-executable
  fi
}

fl_look_at_python () {
  fl_asked=$FL_PYTHON fl_said='' fl_why=login
  fl_find_python
  if [ -n "$fl_asked" ]; then
    fl_why=profile
  elif [ -n "$fl_venv" ] && [ "${fl_python#"$fl_venv"/}" != "$fl_python" ]; then
    fl_why=venv
  elif [ "$fl_python" = "$(command -v python3 2>/dev/null)" ]; then
    fl_why=path
  fi
  [ -n "$fl_python" ] || return 0
  fl_said=$(fl_try 15 "$fl_python" -B -c "$FL_IMPORTS" 2>&1 | head -c 8000)
}

fl_look_at_port () {
  fl_port=free fl_holder='' fl_uid='' fl_owner=''
  if fl_load "$fl_records/$FL_PORT" && fl_ours; then
    fl_port=ours fl_holder=$r_pid
    fl_port_taken "$FL_PORT" || fl_port=starting
  elif fl_port_taken "$FL_PORT"; then
    fl_holder=$(fl_holder_of "$fl_inode")
    fl_port=foreign
    [ "$fl_uid" = "$fl_me" ] && fl_port=account
  fi
  [ -z "$fl_uid" ] || fl_owner=$(fl_name_of "$fl_uid")
  fl_free_port
}

fl_put_port () {
  fl_word port "$fl_port"
  fl_word port-pid "$fl_holder"
  fl_put port-owner "$fl_owner"
  fl_word port-free "$fl_free"
  case $fl_port in
    ours | starting) printf 'port-profile=%s\nport-desktop=%s\n' "$r_profile" "$r_desktop" ;;
  esac
  [ -z "$fl_holder" ] || fl_put port-command "$(fl_line "$(fl_command_of "$fl_holder")")"
}

# The folder of the records, or what is there of the way to it.
fl_look_at_state () {
  fl_state_dir=$fl_records
  while [ ! -d "$fl_state_dir" ] && [ -n "$fl_state_dir" ]; do
    fl_state_dir=${fl_state_dir%/*}
  done
  fl_state_dir=${fl_state_dir:-/}
  fl_state_writable=no
  [ -w "$fl_state_dir" ] && [ -x "$fl_state_dir" ] && fl_state_writable=yes
}

# quota(1) ends with another code than 0 when a limit is reached.
fl_put_quota () {
  command -v quota >/dev/null 2>&1 || return 0
  fl_quota=$(fl_try 5 quota -w 2>/dev/null)
  [ $? -eq 1 ] && fl_word quota-over yes
  fl_put quota "$(printf %s "$fl_quota" | head -c 2000)"
}

fl_put_machine () {
  fl_put kernel "$(uname -srm)"
  # shellcheck disable=SC1091
  fl_put system "$(. /etc/os-release 2>/dev/null && printf %s "$PRETTY_NAME")"
  fl_word cpus "$(grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
  fl_put load "$(cut -d ' ' -f 1-3 /proc/loadavg 2>/dev/null)"
  fl_word memory "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
  fl_word memory-free "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
  fl_put memory-limit "$(cat /sys/fs/cgroup/memory.max 2>/dev/null)"
  [ -r /proc/self/stat ] && fl_word proc yes
  fl_put hidepid "$(sed -n 's/^[^ ]* \/proc proc .*hidepid=\([a-z0-9]*\).*/\1/p' /proc/self/mounts 2>/dev/null)"
  fl_ended_at_logout && fl_word ended-at-logout yes
}

fl_main () {
  fl_began=$(fl_now)
  fl_me=$(id -u)
  fl_places
  fl_look_at_state
  fl_look_at_port
  fl_look_at_path
  fl_look_at_program
  fl_look_at_python
  fl_look_at_gpus
  fl_begin
  fl_word began "$fl_began"
  fl_put shell "${SHELL-}"
  fl_put shell-version "$(fl_line "$(fl_shell_version)")"
  fl_put user "$(fl_name_of "$fl_me")"
  fl_put host "$(uname -n)"
  fl_put home "$HOME"
  fl_put_machine
  fl_put path "$fl_path"
  fl_word path-state "$fl_path_state"
  fl_put nearest "$fl_nearest"
  fl_word path-writable "$fl_writable"
  if [ "$fl_path_state" = ok ]; then
    fl_mount .
    fl_put_mount path
  fi
  fl_put_quota
  fl_mount "$fl_state_dir"
  fl_put_mount state
  fl_put state "$fl_state_dir"
  fl_word state-writable "$fl_state_writable"
  fl_word kind "$fl_kind"
  fl_word program "$fl_program"
  fl_put python "$fl_python"
  fl_word python-why "$fl_why"
  fl_put python-said "$fl_said"
  fl_put venv "$fl_venv"
  fl_put_port
  fl_put_gpus
  fl_word ended "$(fl_now)"
  fl_end
}

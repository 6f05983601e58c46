# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Check path: what there is to start, with which Python, and what is in the way of it. Takes FL_PATH, FL_COMMAND,
# FL_PYTHON, FL_PORT and FL_ANEW (yes: one that runs already will be ended and started again).
#
# What is in the way: one word (trouble), what it is about (subject) and what a tool said of it (said).

# fl_trouble WORD SUBJECT SAID: the first one counts.
fl_trouble () {
  [ -z "$fl_word" ] || return 0
  fl_word=$1 fl_subject=${2-} fl_said=${3-}
}

fl_shown () {
  LC_ALL=C ls -ld -- "$1" 2>&1
}

# Why fl_path cannot be entered: the first folder on the way there that is in the way.
fl_path_trouble () {
  case $fl_path in
    /*) fl_at='' fl_rest=${fl_path#/} ;;
    *) fl_at=$(pwd) fl_rest=$fl_path ;;
  esac
  while [ -n "$fl_rest" ]; do
    fl_at=$fl_at/${fl_rest%%/*}
    case $fl_rest in */*) fl_rest=${fl_rest#*/} ;; *) fl_rest='' ;; esac
    if [ ! -e "$fl_at" ]; then
      fl_trouble path-missing "$fl_at"
    elif [ ! -d "$fl_at" ]; then
      fl_trouble path-not-folder "$fl_at" "$(fl_shown "$fl_at")"
    elif [ ! -x "$fl_at" ]; then
      fl_trouble path-denied "$fl_at" "$(fl_shown "$fl_at")"
    fi
  done
}

fl_find_kind () {
  fl_binary=target/release/ppf-cts-server
  if [ -n "$FL_COMMAND" ]; then
    fl_kind="command"
  elif [ -f server.py ]; then
    fl_kind=python
    [ -r server.py ] || fl_trouble server-denied "$fl_path/server.py" "$(fl_shown server.py)"
  elif [ -e server.py ] || [ -L server.py ]; then
    fl_trouble server-not-file "$fl_path/server.py" "$(fl_shown server.py)"
  elif [ -f "$fl_binary" ] && [ -x "$fl_binary" ]; then
    fl_kind=binary
  elif [ -f "$fl_binary" ]; then
    # access(2) says no as well where the file system is mounted with noexec.
    case $(ls -ld "$fl_binary") in
      -*x*' '*) fl_trouble binary-noexec "$fl_path/$fl_binary" "$(fl_shown "$fl_binary")" ;;
      *) fl_trouble binary-denied "$fl_path/$fl_binary" "$(fl_shown "$fl_binary")" ;;
    esac
  else
    fl_trouble no-server "$fl_path"
  fi
}

fl_check_venv () {
  [ -n "$fl_venv" ] && [ -z "$FL_PYTHON" ] || return 0
  case $fl_python in "$fl_venv"/*) return 0 ;; esac
  if [ -L "$fl_venv/bin/python3" ]; then
    fl_trouble venv-broken "$fl_venv" "$(fl_shown "$fl_venv/bin/python3")"
  else
    fl_trouble venv-empty "$fl_venv" "$(fl_shown "$fl_venv/bin")"
  fi
}

fl_check_python () {
  fl_check_venv
  if [ -z "$fl_python" ] && [ -n "$FL_PYTHON" ]; then
    fl_trouble python-not-there "$FL_PYTHON" "$(fl_shown "$FL_PYTHON")"
  elif [ -z "$fl_python" ]; then
    fl_trouble no-python
  elif fl_answer=$("$fl_python" -c 'import sys; sys.stdout.write("version %d.%d.%d" % sys.version_info[:3])' 2>&1)
  then
    fl_version=${fl_answer##*version }
    case $fl_version in 2.*) fl_trouble python-old "$fl_python" "$fl_version" ;; esac
  elif [ -n "$fl_venv" ] && [ "${fl_python#"$fl_venv"/}" != "$fl_python" ]; then
    fl_trouble venv-broken "$fl_venv" "$fl_answer"
  else
    fl_trouble python-broken "$fl_python" "$fl_answer"
  fi
}

# fl_check_room FOLDER
fl_check_room () {
  fl_kib=$(fl_disk_free "$1")
  case $fl_kib in
    '' | *[!0-9]*) ;;
    *) [ "$fl_kib" -ge 64 ] || fl_trouble disk-full "$1" "$(df -Pk -- "$1" 2>/dev/null)" ;;
  esac
}

fl_check_writing () {
  fl_check_room .
  if [ ! -w . ]; then
    if [ "$(id -u)" -eq 0 ]; then
      fl_trouble read-only "$fl_path" "$(fl_shown .)"
    else
      fl_trouble not-writable "$fl_path" "$(fl_shown .)"
    fi
  elif [ -e server.log ] && [ ! -w server.log ]; then
    fl_trouble log-denied "$fl_path/server.log" "$(fl_shown server.log)"
  fi
  fl_check_room "$HOME"
}

# A server of ours that runs here is to be found again, whatever has become of its folder since.
fl_runs_already () {
  fl_places
  [ -z "$FL_ANEW" ] && fl_load "$fl_records/$FL_PORT" && [ "$r_path" = "$(fl_hex "$fl_path")" ] && fl_ours
}

fl_main () {
  fl_kind=none fl_word='' fl_subject='' fl_said='' fl_version='' fl_runs=''
  if fl_enter; then
    fl_find_kind
    fl_find_python
    if fl_runs_already; then
      fl_word='' fl_runs=yes
    elif [ -z "$fl_word" ]; then
      [ "$fl_kind" != python ] || fl_check_python
      fl_check_writing
    fi
  else
    fl_find_python
    fl_path_trouble
    fl_path=''
  fi
  fl_me=$(id -un 2>/dev/null)
  fl_others=$({ who 2>/dev/null || true; } | awk -v me="$fl_me" '$1 != me { print $1 }' | sort -u |
              wc -l)
  fl_begin
  fl_word kind "$fl_kind"
  fl_put path "$fl_path"
  fl_put python "$fl_python"
  fl_put version "$fl_version"
  fl_put venv "$fl_venv"
  fl_put home "$HOME"
  fl_put user "$fl_me"
  fl_word runs "$fl_runs"
  fl_word trouble "$fl_word"
  fl_put subject "$fl_subject"
  fl_put said "$(printf %s "$fl_said" | tail -n 20)"
  fl_word others "$((fl_others))"
  [ -r /proc/self/stat ] && fl_word proc yes
  fl_end
}

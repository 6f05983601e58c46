# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Check path: what there is to start, and with which Python. Takes FL_PATH, FL_COMMAND, FL_PYTHON.

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

fl_main () {
  fl_kind=none
  if ! fl_enter; then
    fl_path=''
  elif [ -n "$FL_COMMAND" ]; then
    fl_kind="command"
  elif [ -f server.py ]; then
    fl_kind=python
  elif [ -f target/release/ppf-cts-server ] && [ -x target/release/ppf-cts-server ]; then
    fl_kind=binary
  fi
  fl_find_python
  fl_me=$(id -un 2>/dev/null)
  fl_others=$({ who 2>/dev/null || true; } | awk -v me="$fl_me" '$1 != me { print $1 }' | sort -u |
              wc -l)
  fl_begin
  fl_word kind "$fl_kind"
  fl_put path "$fl_path"
  fl_put python "$fl_python"
  fl_put venv "$fl_venv"
  fl_put home "$HOME"
  fl_word others "$((fl_others))"
  [ -r /proc/self/stat ] && fl_word proc yes
  fl_end
}

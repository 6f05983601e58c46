# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Check path: what there is to start, and with which Python. Takes FL_PATH, FL_COMMAND, FL_PYTHON.

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

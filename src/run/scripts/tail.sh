# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# The last lines of server.log that this launch wrote. Takes FL_PATH, FL_OFFSET and FL_LINES.

fl_main () {
  fl_tail=''
  if fl_enter && [ -r server.log ]; then
    fl_size=$(($(wc -c <server.log)))
    [ "$fl_size" -ge "$FL_OFFSET" ] || FL_OFFSET=0
    fl_tail=$(tail -c "+$((FL_OFFSET + 1))" server.log | tail -n "$FL_LINES" | tail -c 65536)
  fi
  fl_begin
  fl_put tail "$fl_tail"
  fl_end
}

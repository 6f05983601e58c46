# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What this launch wrote: the last lines of server.log and of progress.log; what is free on the disk, and what
# the server listens on if it runs. Takes FL_PATH, FL_OFFSET, FL_LINES, and FL_DIR and FL_TOKEN (both empty: it
# does not run).

fl_main () {
  fl_tail='' fl_progress='' fl_free='' fl_looked=''
  if fl_enter; then
    if [ -r server.log ]; then
      fl_size=$(($(wc -c <server.log)))
      [ "$fl_size" -ge "$FL_OFFSET" ] || FL_OFFSET=0
      fl_tail=$(tail -c "+$((FL_OFFSET + 1))" server.log | tail -n "$FL_LINES" | tail -c 65536)
    fi
    [ -r progress.log ] && fl_progress=$(tail -n 20 progress.log | tail -c 8192)
    fl_free=$(fl_disk_free .)
  fi
  if [ -n "$FL_TOKEN" ]; then
    fl_places
    fl_load "$FL_DIR" && [ "$r_token" = "$FL_TOKEN" ] && fl_ours && fl_looked=yes
  fi
  fl_begin
  fl_put tail "$fl_tail"
  fl_put progress "$fl_progress"
  fl_word free "$fl_free"
  if [ -n "$fl_looked" ]; then
    fl_word looked yes
    fl_put sockets "$(fl_sockets)"
  fi
  fl_end
}

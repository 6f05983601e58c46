# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Check exposure: the listening sockets of our server's processes, told by their inodes in the server's own
# network namespace (proc(5)); no tool is needed. Takes FL_DIR and FL_TOKEN.

fl_main () {
  fl_places
  if ! { fl_load "$FL_DIR" && [ "$r_token" = "$FL_TOKEN" ] && fl_ours; }; then
    fl_begin
    fl_word result gone
    fl_end
    return
  fi
  fl_pids=$r_pid
  [ "${r_group:-0}" -gt 1 ] && fl_pids=$(fl_members "$r_group")
  fl_inodes=$(for fl_pid in $fl_pids; do ls -l "/proc/$fl_pid/fd"; done 2>/dev/null |
              sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  fl_sockets=$(cat "/proc/$r_pid/net/tcp" "/proc/$r_pid/net/tcp6" 2>/dev/null |
    awk -v inodes="$fl_inodes" '
      BEGIN { n = split(inodes, list, " "); for (i = 1; i <= n; i++) ours[list[i]] = 1 }
      $4 == "0A" && ($10 in ours) { print $2 }')
  fl_begin
  fl_word result found
  fl_put sockets "$fl_sockets"
  fl_end
}

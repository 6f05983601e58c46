# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Check exposure: the listening sockets of our server's processes. Takes FL_DIR and FL_TOKEN.

fl_main () {
  fl_places
  if ! { fl_load "$FL_DIR" && [ "$r_token" = "$FL_TOKEN" ] && fl_ours; }; then
    fl_begin
    fl_word result gone
    fl_end
    return
  fi
  fl_begin
  fl_word result found
  fl_put sockets "$(fl_sockets)"
  fl_end
}

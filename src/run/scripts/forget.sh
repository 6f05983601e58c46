# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Forget: takes away the record of a solver of ours that has ended; one that runs keeps it. Takes FL_PORT and
# FL_TOKEN.

fl_forget () {
  fl_dir=$fl_records/$FL_PORT
  if ! fl_load "$fl_dir"; then
    fl_result=gone
  elif [ "$r_token" != "$FL_TOKEN" ]; then
    fl_result=changed
  elif fl_ours; then
    fl_result=running
  else
    fl_result=failed
    rm -f "$fl_dir/record" "$fl_dir/exit" 2>/dev/null && fl_result=forgotten
  fi
}

fl_main () {
  fl_places
  fl_result=locked
  fl_lock && fl_forget
  fl_begin
  fl_word result "$fl_result"
  fl_end
}

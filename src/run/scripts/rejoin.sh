# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Re-join: what became of a server of ours while we were not connected. Starts nothing. Takes FL_PATH, FL_PORT,
# FL_TOKEN (the server's, or of a launch whose outcome we did not hear) and FL_LAUNCHING (yes: the latter).
#
# Results: alive; ended, and its code where the supervisor lived to write it; rebooted (ended with its host);
# stopped (its record was taken away or is another's); none (that launch started nothing); locked.

# A launch that was cut off may be under way still: it holds the lock, and then its supervisor comes to have
# a record.
fl_settle () {
  fl_lock || return 1
  fl_tries=0
  while fl_on_its_way "$FL_TOKEN"; do
    fl_tries=$((fl_tries + 1))
    [ "$fl_tries" -le 50 ] || return 1
    fl_nap
  done
}

fl_judge () {
  if ! fl_load "$fl_dir"; then
    fl_result=stopped
    [ "$FL_LAUNCHING" = yes ] && fl_result=none
  elif fl_ours && { [ "$r_token" = "$FL_TOKEN" ] || [ "$r_path" = "$(fl_hex "$fl_path")" ]; }; then
    fl_result=alive
  elif [ "$r_token" != "$FL_TOKEN" ]; then
    fl_result=stopped
    [ "$FL_LAUNCHING" = yes ] && fl_result=none
  elif [ "$r_boot" != "$fl_boot" ]; then
    fl_result=rebooted
  else
    fl_result=ended
  fi
}

fl_main () {
  fl_places
  fl_dir=$fl_records/$FL_PORT fl_who='' fl_code='' fl_result=''
  fl_enter || fl_path=$FL_PATH
  if [ "$FL_LAUNCHING" = yes ] && [ -d "$fl_dir" ] && ! fl_settle; then
    fl_result=locked
  else
    fl_judge
  fi
  read -r fl_who fl_code 2>/dev/null <"$fl_dir/exit"
  fl_begin
  fl_word result "$fl_result"
  fl_put dir "$fl_dir"
  fl_put path "$fl_path"
  fl_word pid "${r_pid-}"
  fl_word token "${r_token-}"
  [ -n "$fl_who" ] && [ "$fl_who" = "${r_pid-}" ] && fl_word code "$fl_code"
  [ -r progress.log ] && grep -q SERVER_READY progress.log 2>/dev/null && fl_word ready yes
  [ -s progress.log ] && fl_word progress yes
  fl_end
}

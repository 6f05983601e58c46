# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Start server: adopt ours, or launch. Takes FL_PATH, FL_COMMAND, FL_KIND, FL_PYTHON, FL_VENV, FL_PORT,
# FL_BIND (the address for --host), FL_PORTS (those that can be reached; empty: any), FL_MAY_LAUNCH (no: adopt
# only; empty: that too, as it would be exposed), FL_TOKEN, FL_PROFILE, FL_DESKTOP and FL_SUPERVISE
# (supervise.sh), and for that FL_ENVIRONMENT. The order:
# lock, claim, ownership, path, port, and only if launching is right, progress.log is cleared.

# This launch is the one that counts from here on.
fl_claim () {
  fl_before=$(grep -x '[0-9a-f]\{32\}' "$fl_records/launching" 2>/dev/null | sed 8q)
  { printf '%s\n%s\n' "$FL_TOKEN" "$fl_before" >"$fl_records/launching.new" &&
    mv "$fl_records/launching.new" "$fl_records/launching"; } 2>/dev/null
}

# Waits for the supervisor of a launch that was cut off. It has either looked at the claim already, and then
# it can be seen here and comes to have a record, or it looks later, finds that it is not meant, and starts
# nothing.
fl_settle () {
  fl_tries=0
  for fl_token in $fl_before; do
    while fl_on_its_way "$fl_token"; do
      fl_tries=$((fl_tries + 1))
      [ "$fl_tries" -le 50 ] || return 1
      fl_nap
    done
  done
  return 0
}

# fl_is_solver PID: by what it runs, not by what it reads: an editor with server.py open is none.
fl_is_solver () {
  { tr '\000' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | awk '
    { name = $0; sub(/.*\//, "", name) }
    NR == 1 { python = name ~ /^python/; found = name == "ppf-cts-server" }
    NR > 1 && python && name == "server.py" { found = 1 }
    END { exit !found }'
}

# Another port's record, or a process that nobody recorded, in the same path.
fl_path_user () {
  set +f
  for fl_other in "$fl_records"/[0-9]*; do
    set -f
    if [ "$fl_other" != "$fl_dir" ] && fl_load "$fl_other" && [ "$r_path" = "$fl_path_hex" ] && fl_ours
    then
      return 0
    fi
  done
  set +f
  for fl_other in /proc/[0-9]*; do
    set -f
    if [ "$fl_other/cwd" -ef . ] 2>/dev/null && fl_is_solver "${fl_other#/proc/}"; then
      r_pid=${fl_other#/proc/} r_port='' r_profile=''
      return 0
    fi
  done
  set -f
  return 1
}

# Runs "$@" in a session of its own, by whichever way this host has.
fl_own_session () {
  if command -v setsid >/dev/null 2>&1; then
    exec setsid "$@"
  elif command -v busybox >/dev/null 2>&1 && busybox setsid true 2>/dev/null; then
    exec busybox setsid "$@"
  elif [ -n "$FL_PYTHON" ]; then
    exec "$FL_PYTHON" -c 'import os, sys
os.setsid()
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
  else
    trap '' HUP
    exec "$@"
  fi
}

fl_start_server () {
  (
    trap - EXIT HUP INT TERM PIPE
    FAIRLEAD_RUN=$FL_TOKEN
    FAIRLEAD_HOST=$FL_BIND
    FAIRLEAD_PORT=$FL_PORT
    export FAIRLEAD_RUN FAIRLEAD_HOST FAIRLEAD_PORT
    if [ -n "$FL_VENV" ]; then
      VIRTUAL_ENV=$FL_VENV
      PATH=$FL_VENV/bin:$PATH
      export VIRTUAL_ENV PATH
    fi
    FL_DIR=$fl_dir
    FL_RECORD=$fl_record
    export FL_DIR FL_RECORD FL_ENVIRONMENT
    exec </dev/null >>server.log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    if [ "$fl_scope" = yes ]; then
      fl_own_session systemd-run --user --scope --quiet -- sh -c "$FL_SUPERVISE" fairlead "$@"
    else
      fl_own_session sh -c "$FL_SUPERVISE" fairlead "$@"
    fi
  ) &
}

fl_launch () {
  fl_log_size=$(($(wc -c <server.log)))
  # shellcheck disable=SC2046,SC2012
  set -- $(ls -id server.log)
  fl_log_inode=$1
  fl_record="version=1
boot=$fl_boot
token=$FL_TOKEN
path=$fl_path_hex
port=$FL_PORT
profile=$(fl_hex "$FL_PROFILE")
desktop=$(fl_hex "$FL_DESKTOP")
log-inode=$fl_log_inode
log-size=$fl_log_size"
  rm -f "$fl_dir/record" "$fl_dir/exit" progress.log
  fl_scope=no fl_warning=''
  if fl_ended_at_logout; then
    if systemd-run --user --scope --quiet true >/dev/null 2>&1; then
      fl_scope=yes
    else
      fl_warning=ends-at-logout
    fi
  fi
  set -- --host "$FL_BIND" --port "$FL_PORT"
  case $FL_KIND in
    command)
      # shellcheck disable=SC2016
      case $FL_COMMAND in
        *'"$@"'*) fl_start_server sh -c "$FL_COMMAND" sh "$@" ;;
        *) fl_start_server sh -c "$FL_COMMAND \"\$@\"" sh "$@" ;;
      esac ;;
    python) fl_start_server "$FL_PYTHON" server.py "$@" ;;
    *) fl_start_server ./target/release/ppf-cts-server "$@" ;;
  esac
  fl_tries=0
  until fl_load "$fl_dir"; do
    fl_tries=$((fl_tries + 1))
    if [ "$fl_tries" -gt 50 ]; then
      fl_result=no-record
      return
    fi
    fl_nap
  done
  fl_result=launched
}

fl_decide () {
  if ! fl_enter; then
    fl_result=no-path
    return
  fi
  fl_path_hex=$(fl_hex "$fl_path")
  if fl_load "$fl_dir" && fl_ours; then
    if [ "$r_path" = "$fl_path_hex" ]; then
      fl_result=adopted fl_log_inode=$r_log_inode fl_log_size=$r_log_size
    else
      fl_result=port-ours
      fl_free_port
    fi
  elif [ "$FL_MAY_LAUNCH" = no ]; then
    fl_result=not-running
  elif [ -z "$FL_MAY_LAUNCH" ]; then
    fl_result=exposed
  elif fl_path_user; then
    fl_result=path-busy
  elif fl_port_taken "$FL_PORT"; then
    fl_result=port-foreign fl_owner=$fl_uid
    fl_holder=$(fl_holder_of "$fl_inode")
    if [ -n "$fl_holder" ] && [ "$fl_uid" = "$(id -u)" ]; then
      fl_result=port-account r_pid=$fl_holder
    else
      fl_user=$(fl_user_name "$fl_owner")
    fi
    fl_free_port
  elif ! { : >>server.log; } 2>/dev/null; then
    fl_result=not-writable
  else
    fl_launch
  fi
}

fl_main () {
  fl_free='' fl_warning='' fl_log_inode='' fl_log_size='' fl_owner='' fl_user='' fl_result=''
  fl_places
  fl_dir=$fl_records/$FL_PORT
  if ! fl_make_places; then
    fl_result=no-state
  elif ! fl_take_lock; then
    :
  elif ! fl_claim; then
    fl_result=no-state
  elif ! fl_settle; then
    fl_result=locked
  else
    fl_decide
    [ "$fl_result" = no-record ] || rm -f "$fl_records/launching"
  fi
  fl_begin
  fl_word result "$fl_result"
  fl_put dir "$fl_dir"
  fl_put path "${fl_path-}"
  fl_word pid "${r_pid-}"
  fl_word token "${r_token-}"
  fl_word port "${r_port-}"
  fl_word uid "$fl_owner"
  fl_put user "$fl_user"
  fl_word free "$fl_free"
  fl_word warning "$fl_warning"
  fl_word log-inode "$fl_log_inode"
  fl_word log-size "$fl_log_size"
  printf 'profile=%s\ndesktop=%s\nuser-path=%s\n' "${r_profile-}" "${r_desktop-}" "${r_path-}"
  case $fl_result in port-account | path-busy) fl_put command "$(fl_command_of "$r_pid")" ;; esac
  [ -r progress.log ] && grep -q SERVER_READY progress.log 2>/dev/null && fl_word ready yes
  [ -s progress.log ] && fl_word progress yes
  fl_end
}

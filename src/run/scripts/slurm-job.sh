# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# The batch script of a job (sbatch(1)), after lib.sh and launch.sh: launches the server on the job's node and stays
# beside it until its end. What came of it stands in FL_JOB/outcome, for Fairlead. Its output is server.log. Takes
# what launch.sh takes but for FL_KIND and FL_VENV, and FL_CLUSTER, FL_JOB, the job's directory, and FL_DIRECT (yes:
# on the node's address, not on its loopback).

# Where Slurm tells the processes of a job by their process group, the server has to stay in that.
fl_stays_in_group () {
  scontrol show config 2>/dev/null | grep -q '^ProctrackType *= *proctrack/pgid'
}

# Nothing of it goes anywhere but into the job: its end is the end of them all.
fl_ended_at_logout () {
  return 1
}

# In short what check.sh finds out, which runs when the job does.
fl_look_around () {
  FL_KIND=none
  fl_enter || return
  if [ -n "$FL_COMMAND" ]; then
    FL_KIND="command"
  elif [ -f server.py ]; then
    FL_KIND=python
  elif [ -f target/release/ppf-cts-server ] && [ -x target/release/ppf-cts-server ]; then
    FL_KIND=binary
  fi
  fl_find_python
  FL_PYTHON=$fl_python FL_VENV=$fl_venv
}

# FL_DIRECT: the address that the login node knows this one by.
fl_choose_address () {
  [ -n "$FL_DIRECT" ] || return
  FL_BIND=$(scontrol show node "$SLURMD_NODENAME" 2>/dev/null | sed -n 's/.*NodeAddr=\([^ ]*\).*/\1/p')
  FL_BIND=${FL_BIND:-$SLURMD_NODENAME}
}

# Several people's jobs may share a node: the profile's port, or the next that is free there.
fl_choose_port () {
  if fl_port_taken "$FL_PORT"; then
    fl_free_port
    FL_PORT=$fl_free
  fi
}

fl_try () {
  if ! mkdir -p "$FL_JOB" "$fl_dir" 2>/dev/null; then
    fl_result=no-state
  elif [ "$FL_KIND" = none ]; then
    fl_result=no-server
  elif [ "$FL_KIND" = python ] && [ -z "$FL_PYTHON" ]; then
    fl_result=no-python
  elif ! fl_lock || ! fl_claim; then
    fl_result=locked
  else
    fl_decide
    rm -f "$fl_records/launching"
    rm -rf "$fl_records/lock"
    trap - EXIT HUP INT TERM PIPE
  fi
}

# By a rename, so that it is there as a whole or not at all.
fl_say_outcome () {
  {
    fl_word result "$fl_result"
    fl_word job "$SLURM_JOB_ID"
    fl_put dir "$fl_dir"
    fl_put path "${fl_path-}"
    fl_word pid "${r_pid-}"
    fl_word token "$FL_TOKEN"
    fl_word port "$FL_PORT"
    fl_put address "$FL_BIND"
    fl_word log-size "${fl_log_size-}"
    if [ "$fl_result" = path-busy ]; then
      fl_put command "$(fl_command_of "$r_pid")"
    fi
  } >"$FL_JOB/outcome.$SLURM_JOB_ID" && mv "$FL_JOB/outcome.$SLURM_JOB_ID" "$FL_JOB/outcome"
}

# Its last words are read before its record goes.
fl_stay () {
  trap : TERM
  while kill -0 "$fl_beside" 2>/dev/null; do
    wait "$fl_beside"
  done
  fl_code=1
  # shellcheck disable=SC2034
  read -r fl_who fl_code 2>/dev/null <"$fl_dir/exit"
  sleep 2
  rm -rf "$fl_records"
  exit "$fl_code"
}

fl_main () {
  umask 077
  fl_free='' fl_warning='' fl_log_size='' fl_uid='' fl_result='' fl_scope=no
  FL_PLACE="slurm $FL_CLUSTER $SLURM_JOB_ID"
  if fl_stays_in_group; then
    # shellcheck disable=SC2317
    fl_own_session () { exec "$@"; }
  fi
  fl_places
  fl_look_around
  fl_choose_address
  fl_choose_port
  fl_dir=$fl_records/$FL_PORT
  fl_try
  fl_beside=$!
  fl_say_outcome
  [ "$fl_result" = launched ] && fl_stay
  printf 'fairlead: no solver was started: %s\n' "$fl_result"
  rm -rf "$fl_records"
  exit 64
}

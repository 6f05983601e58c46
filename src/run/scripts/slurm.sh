# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# A job of ours in the queue of Slurm, looked after from a login node. Takes FL_ACT:
#
#   submit  finds the job of this path, or submits one: FL_PATH, FL_TOKEN, FL_OPTIONS (of sbatch(1), one a line),
#           FL_SCRIPT (the batch script, after a line "#!/bin/sh" and FL_JOB), FL_ONLY_FIND (yes: submits none)
#   look    what has become of it: FL_JOB (the job's directory)
#   cancel  ends it, and waits for that: FL_JOB, FL_TOKEN and FL_GRACE (tenths of a second)
#
# A job is ours when its id, its submit time, its account and the token in its comment are those of our record: ids
# begin anew when a controller loses its state, and then the same number is somebody else's.

# fl_ask COMMAND…: fl_said and, when it fails, fl_error.
fl_ask () {
  fl_said=$("$@" 2>"$fl_errors") && return
  fl_error=$(head -c 4000 "$fl_errors" 2>/dev/null)
  return 1
}

# Slurm has no word for "not there": it has forgotten a job some minutes after its end.
fl_is_unknown () {
  case $fl_error in *'Invalid job id'*) return 0 ;; esac
  return 1
}

fl_cluster_name () {
  fl_ask scontrol show config || return 1
  fl_cluster=$(printf '%s\n' "$fl_said" | sed -n 's/^ClusterName *= *//p' | tr -cd 'A-Za-z0-9_.-')
}

# fl_load_job: j_* of the record in FL_JOB.
fl_load_job () {
  j_token='' j_id='' j_submit='' j_cluster='' j_log=''
  while IFS='=' read -r fl_key fl_value; do
    case $fl_value in *[!A-Za-z0-9_.-]*) continue ;; esac
    case $fl_key in
      token) j_token=$fl_value ;;
      id) j_id=$fl_value ;;
      submit) j_submit=$fl_value ;;
      cluster) j_cluster=$fl_value ;;
      log) j_log=$fl_value ;;
    esac
  done 2>/dev/null <"$FL_JOB/job"
  case $j_id in *[!0-9]*) j_id='' ;; esac
  [ -n "$j_token" ]
}

fl_save_job () {
  printf 'version=1\ncluster=%s\ntoken=%s\nid=%s\nsubmit=%s\nlog=%s\n' \
    "$j_cluster" "$j_token" "$j_id" "$j_submit" "$j_log" >"$FL_JOB/job.new" &&
    mv "$FL_JOB/job.new" "$FL_JOB/job"
}

# fl_take LINE: q_* of a job.
fl_take () {
  IFS='|' read -r q_id q_uid q_submit q_state q_node q_start q_end q_partition q_comment q_reason <<EOF
$1
EOF
}

fl_format='%i|%U|%V|%T|%B|%S|%e|%P|%k|%r'

# fl_squeue ARGUMENTS…: times in seconds since 1970.
fl_squeue () {
  SLURM_TIME_FORMAT=%s squeue -h -t all "$@"
}

# fl_find: the job of the record, q_*; false when there is none, with fl_error where Slurm did not answer.
fl_find () {
  q_state='' fl_error=''
  if [ -z "$j_id" ]; then
    fl_find_by_token
    return
  fi
  if ! fl_ask fl_squeue -j "$j_id" -o "$fl_format"; then
    fl_is_unknown && fl_error=''
    return 1
  fi
  fl_take "$fl_said"
  fl_is_ours || q_state=''
  [ -n "$q_state" ]
}

fl_is_ours () {
  [ "$q_id" = "$j_id" ] && [ "$q_uid" = "$(id -u)" ] && [ "$q_submit" = "$j_submit" ] &&
    [ "$q_comment" = "fairlead:$j_token" ]
}

# The answer of sbatch was lost: the job is in the queue all the same, or not.
fl_find_by_token () {
  fl_ask fl_squeue -u "$(id -u)" -o "$fl_format" || return 1
  fl_line=$(printf '%s\n' "$fl_said" | grep -F "|fairlead:$j_token|" | head -n 1)
  [ -n "$fl_line" ] || return 1
  fl_take "$fl_line"
  j_id=$q_id j_submit=$q_submit
  fl_save_job
}

fl_is_over () {
  case $q_state in
    PENDING | CONFIGURING | RUNNING | SUSPENDED | COMPLETING | STOPPED | RESIZING | REQUEUE* | SIGNALING | \
      STAGE_OUT | SPECIAL_EXIT | RESV_DEL_HOLD) return 1 ;;
  esac
}

# Where it stands among those that wait for the same partition.
fl_find_place () {
  fl_place='' fl_waiting=''
  [ "$q_state" = PENDING ] || return
  # shellcheck disable=SC2046
  set -- $(squeue -h -t PENDING -p "${q_partition%%,*}" -S '-p,i' -o %i 2>/dev/null |
           awk -v id="$q_id" '$1 == id { place = NR } END { if (place) print place, NR }')
  fl_place=${1-} fl_waiting=${2-}
}

fl_report () {
  fl_find_place
  fl_begin
  fl_word result "$fl_result"
  fl_put error "$fl_error"
  fl_word cluster "${fl_cluster-${j_cluster-}}"
  fl_put job-dir "${FL_JOB-}"
  fl_put path "${fl_path-}"
  fl_word token "${j_token-}"
  fl_word id "${j_id-}"
  fl_word state "${q_state-}"
  fl_put reason "${q_reason-}"
  fl_put node "${q_node-}"
  fl_word start "${q_start-}"
  fl_word end "${q_end-}"
  fl_word place "$fl_place"
  fl_word waiting "$fl_waiting"
  fl_word now "$(date +%s)"
  fl_word log "${j_log-}"
  [ -n "${FL_JOB-}" ] && [ -r "$FL_JOB/outcome" ] && grep -qx "job:${j_id:-none}" "$FL_JOB/outcome" &&
    sed -n 's/^result:/outcome:/p; s/^command=/command=/p' "$FL_JOB/outcome"
  fl_end
}

fl_sbatch () {
  # A path is a path, also with a percent sign: sbatch(1), "filename pattern".
  fl_output=$(printf %s "$fl_path/server.log" | sed 's/%/%%/g')
  set --
  while IFS= read -r fl_line; do
    [ -z "$fl_line" ] || set -- "$@" "$fl_line"
  done <<EOF
$FL_OPTIONS
EOF
  { printf '#!/bin/sh\nFL_JOB=%s\n' "'$(printf %s "$FL_JOB" | sed "s/'/'\\\\''/g")'"
    printf 'FL_CLUSTER=%s\n%s\n' "$fl_cluster" "$FL_SCRIPT"; } |
    sbatch --parsable --no-requeue --job-name=fairlead "$@" "--comment=fairlead:$FL_TOKEN" \
      "--chdir=$fl_path" "--output=$fl_output" --open-mode=append
}

fl_submit_one () {
  j_token=$FL_TOKEN j_id='' j_submit='' j_cluster=$fl_cluster j_log=0
  [ -f "$fl_path/server.log" ] && j_log=$(($(wc -c <"$fl_path/server.log")))
  rm -f "$FL_JOB/outcome"
  if ! fl_save_job 2>/dev/null; then
    fl_result=no-state
  elif fl_ask fl_sbatch; then
    j_id=${fl_said%%;*}
    case $j_id in '' | *[!0-9]*) j_id='' ;; esac
    fl_find_new
  else
    fl_result=refused
    # Whether the job was taken is not known then: the record stays.
    case $fl_error in
      *'nable to contact'* | *'timed out'* | *'ommunication'*) fl_result=unreachable ;;
      *) rm -f "$FL_JOB/job" ;;
    esac
  fi
}

# Its submit time is the controller's to say.
fl_find_new () {
  fl_result=submitted fl_tries=0
  until fl_find_by_token; do
    fl_tries=$((fl_tries + 1))
    if [ "$fl_tries" -gt 20 ]; then
      fl_result=unreachable
      return
    fi
    fl_nap
  done
}

fl_submit () {
  for fl_tool in sbatch squeue scancel scontrol; do
    if ! command -v "$fl_tool" >/dev/null 2>&1; then
      fl_result=no-slurm
      return
    fi
  done
  if ! fl_enter; then
    fl_result=no-path
    return
  fi
  fl_errors=/dev/null
  fl_state=${fl_records%/*}
  if ! (umask 077 && mkdir -p "$fl_state") 2>/dev/null; then
    fl_result=no-state
    return
  fi
  fl_errors=$fl_state/slurm-errors.$$
  if ! fl_cluster_name; then
    fl_result=unreachable
    return
  fi
  fl_records=$fl_state/slurm-$fl_cluster
  FL_JOB=$fl_records/$(printf %s "$fl_path" | { sha256sum 2>/dev/null || cksum; } | tr -cd '0-9a-f' |
                       cut -c 1-16)
  if ! (umask 077 && mkdir -p "$FL_JOB") 2>/dev/null; then
    fl_result=no-state
  elif ! fl_lock; then
    fl_result=locked
  elif fl_load_job && fl_find && ! fl_is_over; then
    fl_result=found
  elif [ -n "$fl_error" ]; then
    fl_result=unreachable
  elif [ "$FL_ONLY_FIND" = yes ]; then
    fl_result=over
  elif ! { : >>"$fl_path/server.log"; } 2>/dev/null; then
    fl_result=not-writable
  else
    (umask 077; : >"$fl_errors")
    fl_submit_one
  fi
}

fl_look () {
  fl_errors=${FL_JOB%/*}/errors.$$
  if ! fl_load_job; then
    fl_result=gone
  elif fl_find; then
    fl_result=found
  elif [ -n "$fl_error" ]; then
    fl_result=unreachable
  else
    fl_result=gone
  fi
}

fl_cancel () {
  fl_errors=${FL_JOB%/*}/errors.$$
  fl_load_job || { fl_result=gone; return; }
  if [ "$j_token" != "$FL_TOKEN" ]; then
    fl_result=changed
    return
  fi
  fl_tries=0 fl_result=gone
  while fl_find && ! fl_is_over; do
    if [ "$fl_tries" -eq 0 ]; then
      fl_result=stopped
      fl_ask scancel "$j_id" || { fl_result=unreachable; return; }
    elif [ "$fl_tries" -gt "$FL_GRACE" ]; then
      fl_result=stuck
      return
    fi
    fl_tries=$((fl_tries + 5))
    sleep 0.5 2>/dev/null || sleep 1
  done
  if [ -n "$fl_error" ]; then
    fl_result=unreachable
  else
    rm -f "$FL_JOB/job" "$FL_JOB/outcome"
    rmdir "$FL_JOB" 2>/dev/null
  fi
}

fl_main () {
  fl_error='' fl_result='' fl_errors=/dev/null
  fl_places
  case $FL_ACT in
    submit) fl_submit ;;
    look) fl_look ;;
    *) fl_cancel ;;
  esac
  case $fl_errors in /dev/null) ;; *) rm -f "$fl_errors" ;; esac
  fl_report
}

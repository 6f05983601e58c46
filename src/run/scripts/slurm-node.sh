# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# On the node of a job: what its batch script came to. Takes FL_JOB, the job's directory, and FL_ID; waits a moment
# for it.

fl_main () {
  fl_tries=0
  until grep -qx "job:$FL_ID" "$FL_JOB/outcome" 2>/dev/null || [ "$fl_tries" -ge 100 ]; do
    fl_tries=$((fl_tries + 1))
    fl_nap
  done
  fl_begin
  grep -qx "job:$FL_ID" "$FL_JOB/outcome" 2>/dev/null && cat "$FL_JOB/outcome"
  fl_end
}

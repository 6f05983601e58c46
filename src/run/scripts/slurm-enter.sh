# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Runs another script as a step of a job, on its node. Takes FL_ID (the job), FL_INNER (the script, which goes over
# standard input: its tokens are nobody's business), FL_LASTING (yes: it lasts until our input ends), FL_LENGTH (its
# bytes) and FL_LINE (lasting.sh).

# The channel's input, which fl_main is not given.
exec 6<&0

fl_feed () {
  { printf '%s' "$FL_INNER"; cat <&6; } 2>/dev/null &
}

fl_step () {
  srun "--jobid=$FL_ID" --overlap --quiet --nodes=1 --ntasks=1 --unbuffered "$@" 6<&-
}

fl_main () {
  if [ "$FL_LASTING" = yes ]; then
    fl_feed | fl_step sh -c "$FL_LINE" fairlead "$FL_LENGTH"
  else
    printf '%s' "$FL_INNER" | fl_step sh -s
  fi
}

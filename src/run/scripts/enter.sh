# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Runs another script in a container. Takes FL_ENGINE (the program), FL_ENGINE_HOST (its DOCKER_HOST; empty: its own),
# FL_CONTAINER (an id), FL_INNER (the script, which goes over standard input: its tokens are nobody's business),
# FL_LASTING (yes: it lasts until our input ends), FL_LENGTH (its bytes) and FL_LINE (lasting.sh).

# The channel's input, which fl_main is not given.
exec 6<&0

# A process in a container outlives the one that started it, and a write of it does not fail then. But its input ends.
# In the background, so that the end of the container's side is ours.
fl_feed () {
  { printf '%s' "$FL_INNER"; cat <&6; } 2>/dev/null &
}

fl_main () {
  fl_engine_environment
  if [ -n "$FL_ENGINE_HOST" ]; then
    DOCKER_HOST=$FL_ENGINE_HOST
    export DOCKER_HOST
  fi
  if [ "$FL_LASTING" = yes ]; then
    fl_feed | "$FL_ENGINE" exec -i "$FL_CONTAINER" sh -c "$FL_LINE" fairlead "$FL_LENGTH" 6<&-
  else
    printf '%s' "$FL_INNER" | "$FL_ENGINE" exec -i "$FL_CONTAINER" sh -s 6<&-
  fi
}

# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Which of docker and podman this host has, and what each says of one container, or of all; on request the one is
# started. On the host itself. Takes FL_CONTAINER (name or id; empty: all) and FL_START (yes: it may be started).
#
# Said per engine NAME: NAME:yes when it is installed, NAME-program, NAME-host (the socket of a rootless docker, where
# that one is meant), NAME-containers (JSON, one a line; nothing of their environment) and NAME-errors; NAME-names,
# where there is none of that name; and `started`.

# Both engines call these fields the same.
fl_format='{"Id":{{json .ID}},"Name":{{json .Name}},"Image":{{json .Config.Image}},"Status":{{json .State.Status}},"Started":{{json .State.StartedAt}},"Ports":{{json .NetworkSettings.Ports}},"Bindings":{{json .HostConfig.PortBindings}},"PublishAll":{{json .HostConfig.PublishAllPorts}},"Network":{{json .HostConfig.NetworkMode}}}'

# What is said is told from its complaints by how it begins.
fl_answers () {
  grep '^{"Id":'
}

fl_inspect () {
  fl_said=$("$fl_program" container inspect --format "$fl_format" "$@" 2>&1 </dev/null)
  fl_containers=$(printf '%s\n' "$fl_said" | fl_answers)
  fl_errors=$(printf '%s\n' "$fl_said" | grep -v '^{"Id":' | grep -v '^\[\]$')
}

fl_look_at_all () {
  fl_said=$("$fl_program" container ls -aq --no-trunc 2>&1 </dev/null)
  fl_ids=$(printf '%s\n' "$fl_said" | grep -E '^[0-9a-f]{64}$' | head -n 300)
  fl_containers='' fl_errors=''
  if [ -n "$fl_ids" ]; then
    # shellcheck disable=SC2086
    fl_inspect $fl_ids
  else
    fl_errors=$fl_said
  fi
}

# The ports of a container in another one's network are the other's.
fl_look_at_network () {
  fl_mode=$("$fl_program" container inspect --format '{{.HostConfig.NetworkMode}}' "$FL_CONTAINER" 2>/dev/null </dev/null)
  case $fl_mode in
    container:?*) fl_network=$("$fl_program" container inspect --format "$fl_format" "${fl_mode#container:}" \
                                 2>/dev/null </dev/null | fl_answers) ;;
  esac
}

fl_look () {
  fl_network=''
  if [ -z "$FL_CONTAINER" ]; then
    fl_look_at_all
    return
  fi
  fl_inspect "$FL_CONTAINER"
  if [ "$FL_START" = yes ] && [ -n "$fl_containers" ]; then
    if fl_said=$("$fl_program" container start "$FL_CONTAINER" 2>&1 </dev/null); then
      fl_started=yes
      fl_inspect "$FL_CONTAINER"
    else
      fl_errors=$fl_said fl_started=no
    fi
  fi
  [ -z "$fl_containers" ] || fl_look_at_network
}

# A docker that runs without root listens in its account's own folder.
fl_own_socket () {
  fl_host=''
  [ "$1" = docker ] && [ -z "${DOCKER_HOST-}" ] && [ -S "${XDG_RUNTIME_DIR-}/docker.sock" ] || return 1
  fl_host=unix://$XDG_RUNTIME_DIR/docker.sock
}

fl_engine () {
  fl_program=$(command -v "$1") || return 0
  fl_host=''
  fl_look
  if [ -z "$fl_containers" ] && [ -n "$fl_errors" ] && fl_own_socket "$1"; then
    DOCKER_HOST=$fl_host
    export DOCKER_HOST
    fl_look
    [ -n "$fl_containers" ] || fl_host=''
    unset DOCKER_HOST
  fi
  fl_word "$1" yes
  fl_put "$1-program" "$fl_program"
  fl_put "$1-host" "$fl_host"
  fl_put "$1-containers" "$fl_containers"
  fl_put "$1-network" "$fl_network"
  fl_put "$1-errors" "$(printf '%s' "$fl_errors" | cut -c 1-2000 | head -n 20)"
  if [ -n "$FL_CONTAINER" ] && [ -z "$fl_containers" ]; then
    fl_put "$1-names" "$("$fl_program" container ls -a --format '{{.Names}}' 2>/dev/null </dev/null | head -n 20)"
  fi
}

fl_main () {
  fl_started=''
  fl_engine_environment
  fl_begin
  fl_engine docker
  fl_engine podman
  fl_word started "$fl_started"
  fl_end
}

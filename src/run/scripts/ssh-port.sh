# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Where the host's own sshd answers, as the host sees it: the address and port of the connection that this
# runs on (ssh(1), SSH_CONNECTION). What leads to it from outside may be another one.

fl_main () {
  # shellcheck disable=SC2086
  set -- ${SSH_CONNECTION-}
  fl_begin
  fl_put address "${3-}"
  fl_word port "${4:-0}"
  fl_end
}

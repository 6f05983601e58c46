#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# xrun.sh COMMAND…: runs COMMAND in a display, a session bus and a home of its own, all gone afterwards.
#   GTK_A11Y=none|test|atspi (none)   WM=1: a compositing window manager   SCREEN=1280x1024x24
#   XRUN_DIR: holds the home and the configuration; made and removed unless given
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

server=''
if [ -n "${XRUN_DIR:-}" ]; then
  dir=$XRUN_DIR
  temporary=''
else
  dir=$(mktemp -d)
  temporary=$dir
fi
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
  [ -z "$temporary" ] || rm -rf "$temporary"
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
mkdir -p -m700 "$dir/run" "$dir/config" "$dir/home" "$dir/state"
cp -r "$here/gtk-4.0" "$dir/config/"
sed "s|@SERVICES@|$here/services|" "$here/session.conf" >"$dir/session.conf"

export XDG_RUNTIME_DIR=$dir/run XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data
export XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state
export HOME=$dir/home FAIRLEAD_SSH_HOME=${FAIRLEAD_SSH_HOME:-$dir/home}
# Software rendering: looking for GL takes three times as long as all the rest of the start.
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=${GDK_DEBUG:-gl-disable} GDK_DISABLE=gl,vulkan
export GTK_A11Y=${GTK_A11Y:-none} ADW_DISABLE_PORTAL=1 GSETTINGS_BACKEND=memory GIO_USE_VFS=local
unset WAYLAND_DISPLAY SSH_AUTH_SOCK

# The server itself says which display it took: xvfb-run guesses, and two at once can guess the same.
cookie=$(mcookie)
mkfifo "$dir/display"
xauth -q -f "$dir/server-auth" add :0 . "$cookie"
Xvfb -displayfd 3 -screen 0 "${SCREEN:-1280x1024x24}" -nolisten tcp -auth "$dir/server-auth" \
  3>"$dir/display" >"$dir/Xvfb.log" 2>&1 &
server=$!
read -r number <"$dir/display" || { cat "$dir/Xvfb.log" >&2; exit 1; }
rm "$dir/display"
export DISPLAY=:$number XAUTHORITY=$dir/auth
xauth -q -f "$XAUTHORITY" add "$DISPLAY" . "$cookie"

command=("$@")
[ -n "${WM:-}" ] && command=("$here/with-wm.sh" "$@")
dbus-run-session --config-file="$dir/session.conf" -- "${command[@]}"

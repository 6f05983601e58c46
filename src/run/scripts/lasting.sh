# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# In a container: runs the script of "$1" bytes that comes on standard input until it ends, or the input does. What it
# starts is waited for: the first process of a container often buries nobody. Comments are cut before it is sent.
script=$(head -c "$1")
exec 3<&0
printf 'trap "exit 0" TERM\n%s\n' "$script" | sh -s 3<&- &
child=$!
trap 'kill "$child" 2>/dev/null' TERM
(while read -r rest; do :; done <&3; kill "$$") 2>/dev/null &
watch=$!
exec 3<&-
while :; do
  wait "$child"
  kill -0 "$child" 2>/dev/null || break
done
trap '' TERM
kill "$watch" 2>/dev/null
wait "$watch"

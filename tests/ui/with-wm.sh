#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# with-wm.sh COMMAND…: metacity composites and knows _GTK_FRAME_EXTENTS: shadows and rounded corners.
GSETTINGS_BACKEND=memory GTK_A11Y=none G_DEBUG= metacity --compositor=xrender --sm-disable \
  >/dev/null 2>&1 &
wm=$!
for _ in $(seq 50); do
  xprop -root _NET_SUPPORTED 2>/dev/null | grep -q _GTK_FRAME_EXTENTS && break
  sleep 0.1
done
"$@"
status=$?
kill "$wm" 2>/dev/null
wait "$wm" 2>/dev/null
exit "$status"

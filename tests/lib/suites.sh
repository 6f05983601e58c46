# SPDX-License-Identifier: GPL-3.0-or-later
# The suites of tests/run, one function each. They see $root, $build, $work, $lib, $here, $results,
# $verbose; they report by record or count.py, and run with errors ignored: each says what failed.

default_suites=(build layers data unit integration ui)
full_suites=(endurance clang newer_gtk system_libssh2 asan tsan libssh2 fuzz containers flatpak)

# record pass|fail|skip NAME [REASON]
record () { printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$results"; }

# quietly NAME COMMAND…: shows what it said only when it failed or with -v.
quietly () {
  local name=$1 log=$work/quiet.log
  shift
  if [ -n "$verbose" ]; then
    "$@"
  else
    "$@" >"$log" 2>&1 || { local rc=$?; echo "-- $name:"; tail -n 80 "$log"; return "$rc"; }
  fi
}

# tap NAME COMMAND…: its TAP is counted; a failing exit without a failing test is one, too.
tap () {
  local name=$1 log=$work/tap.log rc=0
  shift
  "$@" >"$log" 2>&1 || rc=$?
  if [ -n "$verbose" ] || [ "$rc" != 0 ]; then cat "$log"; fi
  "$lib/count.py" tap "$name" <"$log" >"$work/rows"
  cat "$work/rows" >>"$results"
  if [ "$rc" != 0 ] && ! grep -q ^fail "$work/rows"; then record fail "$name" "ended with $rc"; fi
}

# configure DIR OPTION…: a build directory that has these options. Options of an older one are set anew.
configure () {
  local dir=$1
  shift
  "$root/subprojects/get-libssh2" || return 1
  if [ -e "$dir/build.ninja" ]; then
    quietly configure meson configure "$dir" "$@"
  else
    quietly configure meson setup "$dir" "$root" "$@"
  fi
}

# build_in NAME DIR OPTION…
build_in () {
  local name=$1 dir=$2
  shift 2
  if configure "$dir" -Dwerror=true "$@" && quietly compile ninja -k 0 -C "$dir"; then
    record pass "$name"
  else
    record fail "$name" 'does not build'
    return 1
  fi
}

# meson_tests NAME DIR [ARGUMENT…]: the GTest programs; those of the window bring a display of their own.
meson_tests () {
  local name=$1 dir=$2 rc=0
  shift 2
  rm -f "$dir"/meson-logs/testlog.junit.xml
  quietly "$name" meson test -C "$dir" --no-rebuild --print-errorlogs "$@" || rc=$?
  if [ -e "$dir/meson-logs/testlog.junit.xml" ]; then
    "$lib/count.py" junit "$name" "$dir/meson-logs/testlog.junit.xml" >"$work/rows"
    cat "$work/rows" >>"$results"
    [ "$rc" = 0 ] || grep -q ^fail "$work/rows" || record fail "$name" "meson test ended with $rc"
  else
    record fail "$name" "meson test ended with $rc"
  fi
}

# integration_tests NAME DIR
integration_tests () {
  local name=$1 dir=$2 rc=0
  : >"$work/rows"
  FAIRLEAD_BUILD=$dir "$lib/runner.py" ${verbose:+-v} --results "$work/rows" \
    ${FAIRLEAD_TEST_ONLY:+--only "$FAIRLEAD_TEST_ONLY"} "$here"/integration/test_*.py || rc=$?
  take_rows "$name" "$rc"
}

# take_rows NAME RC: what runner.py has written.
take_rows () {
  awk -F'\t' -v OFS='\t' -v n="$1" '{ $2 = n ": " $2; print }' "$work/rows" >>"$results"
  if [ "$2" != 0 ] && ! grep -q ^fail "$work/rows"; then record fail "$1" "ended with $2"; fi
  [ -s "$work/rows" ] || record skip "$1" 'nothing was run: see above'
}

# ---------------------------------------------------------------- default

suite_build () { build_in build "$build"; }

suite_layers () { tap layers "$here/check-layers"; }

suite_data () {
  if [ -x "$here/check-data" ]; then
    tap data env FAIRLEAD_BUILD="$build" "$here/check-data"
  else
    record skip data 'tests/check-data is not there yet'
  fi
}

suite_unit () { meson_tests unit "$build"; }

suite_integration () { integration_tests integration "$build"; }

suite_ui () {
  local rc=0
  : >"$work/rows"
  FAIRLEAD_BUILD=$build "$here/ui/run" ${verbose:+-v} --results="$work/rows" || rc=$?
  take_rows ui "$rc"
}

# ---------------------------------------------------------------- --full

# 100,000 connections, one after another, through one tunnel; the same while the keys change all the time. An
# outage of a minute. A log of a million lines. 4 GiB to the solver and back.
suite_endurance () {
  local option rc=0
  for option in RekeyLimit='default none' RekeyLimit=1M; do
    tap endurance env FAIRLEAD_TEST_CONNECTIONS=100000 "$lib/sshd.py" -o "$option" -- \
      "$build/tests/integration/test-ssh-endurance" -p /endurance/one-after-another
  done
  : >"$work/rows"
  FAIRLEAD_BUILD=$build FAIRLEAD_TEST_OUTAGE=60 "$lib/runner.py" ${verbose:+-v} --results "$work/rows" \
    --only outage "$here/integration/test_reconnect.py" || rc=$?
  FAIRLEAD_BUILD=$build FAIRLEAD_TEST_LOG_LINES=1000000 "$lib/runner.py" ${verbose:+-v} --results "$work/rows" \
    --only every_line "$here/integration/test_log.py" || rc=$?
  FAIRLEAD_BUILD=$build FAIRLEAD_TEST_LOG_LINES=1000000 "$here/ui/run" ${verbose:+-v} --results="$work/rows" \
    "$here/ui/test_log.py" || rc=$?
  FAIRLEAD_BUILD=$build FAIRLEAD_TEST_TRANSFER_MIB=4096 "$lib/runner.py" ${verbose:+-v} --results "$work/rows" \
    --only large_files "$here/integration/test_solver_client.py" || rc=$?
  FAIRLEAD_BUILD=$build FAIRLEAD_TEST_TIME_LIMIT=1 "$lib/runner.py" ${verbose:+-v} --results "$work/rows" \
    --only reached "$here/integration/test_slurm.py" || rc=$?
  take_rows endurance "$rc"
}

suite_clang () { CC=clang build_in clang "$build-clang" || true; }

suite_newer_gtk () { tap newer_gtk "$lib/newer-gtk"; }

suite_asan () { . "$lib/sanitize.sh"; asan; }

suite_tsan () { . "$lib/sanitize.sh"; tsan; }

suite_system_libssh2 () { quietly system_libssh2 "$lib/system-libssh2" "$work/system" &&
  record pass 'system libssh2' || record fail 'system libssh2'; }

suite_libssh2 () { tap libssh2 "$root/subprojects/packagefiles/libssh2/run-tests"; }

# Nothing new may turn up in a minute each.
suite_fuzz () { tap fuzz env FAIRLEAD_FUZZ_BUILD="$build-fuzz" "$here/fuzz/run" --tap "${FAIRLEAD_FUZZ_SECONDS:-60}"; }

# Each way in which a container can be wrong.
suite_containers () {
  local rc=0
  : >"$work/rows"
  FAIRLEAD_BUILD=$build "$lib/runner.py" ${verbose:+-v} --results "$work/rows" "$here/integration/containers_full.py" || rc=$?
  take_rows containers "$rc"
}

suite_flatpak () {
  if [ -x "$here/flatpak/run" ]; then
    tap flatpak "$here/flatpak/run"
  else
    record skip flatpak 'tests/flatpak/run is not there yet'
  fi
}

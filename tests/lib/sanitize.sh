# SPDX-License-Identifier: GPL-3.0-or-later
# The sanitizer suites of tests/run: sourced by suites.sh.

# sanitized NAME DIR: the unit tests and the integration tests of a build, and no report in any log.
# Each process writes its report to a file of its own, so that none is lost in some pipe.
sanitized () {
  local name=$1 dir=$2 log
  meson_tests "$name unit" "$dir" --timeout-multiplier 5
  integration_tests "$name integration" "$dir"
  local found=0
  for log in "$work/$name-report".*; do
    [ -s "$log" ] || continue
    found=1
    cat "$log"
    record fail "$name report" "$(grep -m1 -E 'ERROR|WARNING|runtime error|SUMMARY' "$log")"
  done
  [ "$found" = 1 ] || record pass "$name: no report"
}

# AddressSanitizer with leaks, and UndefinedBehaviorSanitizer.
asan () {
  local dir=$build-asan
  build_in 'asan build' "$dir" -Db_sanitize=address,undefined -Db_lundef=false || return 0
  (
    export ASAN_OPTIONS="exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1:log_path=$work/asan-report"
    export UBSAN_OPTIONS="halt_on_error=1:exitcode=99:print_stacktrace=1:log_path=$work/asan-report"
    export G_SLICE=always-malloc
    export LSAN_OPTIONS="suppressions=$lib/lsan.supp:print_suppressions=0"
    sanitized asan "$dir"
  )
}

# ThreadSanitizer, without the window, over a GLib built for it: the locks of an ordinary GLib are
# futexes that TSan does not see, and correct programs then give reports.
tsan () {
  local dir=$build-tsan glib
  glib=$("$lib/tsan-glib") || { record fail 'tsan GLib' 'does not build'; return 0; }
  record pass 'tsan: GLib'
  export PKG_CONFIG_PATH=$glib/lib/pkgconfig LD_LIBRARY_PATH=$glib/lib
  build_in 'tsan build' "$dir" -Db_sanitize=thread -Db_lundef=false -Dgui=disabled &&
    tsan_finds_a_race "$dir" &&
    (
      export G_SLICE=always-malloc    # GLib's own slices count contention without a lock, on purpose
      export TSAN_OPTIONS="exitcode=99:second_deadlock_stack=1:suppressions=$lib/tsan.supp:log_path=$work/tsan-report"
      sanitized tsan "$dir"
    )
  unset PKG_CONFIG_PATH LD_LIBRARY_PATH
}

# Two small programs over the same GLib: a race that must be found, and its like with a GMutex and a
# GAsyncQueue, which must not be. Without them, silence would prove nothing.
tsan_finds_a_race () {
  local p=$work/race kind rc
  for kind in race no-race; do
    # shellcheck disable=SC2046  # words of pkg-config
    cc -fsanitize=thread -g -O1 $([ $kind = race ] && echo -DRACE) "$lib/tsan-race.c" -o "$p" \
      $(pkg-config --cflags --libs glib-2.0) || { record fail 'tsan: race program' 'does not build'; return 1; }
    rc=0
    TSAN_OPTIONS=exitcode=99 "$p" 2>"$work/race.log" || rc=$?
    case $kind:$rc in
      race:99) record pass 'tsan: the seeded race is found' ;;
      no-race:0) record pass 'tsan: correct locking is silent' ;;
      *) cat "$work/race.log"; record fail "tsan: $kind" "ended with $rc"; return 1 ;;
    esac
  done
}

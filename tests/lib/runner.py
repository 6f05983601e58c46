#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs unittest files: each test with its deadline, nothing left behind, and a count at the end.

Every process that a test leaves is ended after it, so no test may share a server with the next one.

tests/lib/runner.py [--tap] [-v] [--list] [--only TEXT] [--results FILE] [--fork] FILE…
--results appends a line "pass|fail|skip<TAB>name<TAB>reason" for each test.
--fork gives each test a process of its own, for a library that keeps what an earlier test left in it; a test
whose process a signal ends is begun once more, which is said, and then has failed.
"""

import argparse
import ctypes
import importlib.util
import json
import os
import pathlib
import signal
import sys
import time
import traceback
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import sshd as fixture  # noqa: E402

PR_SET_CHILD_SUBREAPER = 36


class DeadlineError(BaseException):
    """Not an Exception, so that no test swallows it."""


class Result(unittest.TestResult):
    def __init__(self, options):
        super().__init__()
        self.options, self.number, self.started = options, 0, 0.0
        self.counts = {'pass': 0, 'fail': 0, 'skip': 0}

    @staticmethod
    def name(test):
        parts = test.id().split('.')
        return ' '.join([parts[0].removeprefix('test_'), parts[-1].removeprefix('test_')]).replace('_', ' ')

    def startTest(self, test):
        super().startTest(test)
        self.started, self.failed = time.monotonic(), False
        if hasattr(signal, 'alarm'):
            signal.alarm(getattr(test, 'DEADLINE', 60))

    def stopTest(self, test):
        signal.alarm(0)
        leftovers = end_leftovers()
        if leftovers and not self.failed and self.options.verbose:
            print(f'# ended what {self.name(test)} left: {leftovers}')
        super().stopTest(test)

    def report(self, kind, test, reason=''):
        self.number += 1
        self.counts[kind] += 1
        name, took = self.name(test), time.monotonic() - self.started
        if self.options.tap:
            print(('not ok' if kind == 'fail' else 'ok') + f' {self.number} - {name}'
                  + (f' # SKIP {reason.splitlines()[0]}' if kind == 'skip' else ''))
        elif kind != 'pass' or self.options.verbose:
            print({'pass': 'ok  ', 'fail': 'FAIL', 'skip': 'skip'}[kind], name,
                  f'({reason.splitlines()[0]})' if kind == 'skip' else f'{took:.1f} s')
        if kind == 'fail':
            print('\n'.join('#   ' + line for line in reason.splitlines()))
        sys.stdout.flush()
        if self.options.results:
            with open(self.options.results, 'a', encoding='utf-8') as f:
                f.write(f'{kind}\t{name}\t{reason.splitlines()[-1] if reason else ""}\n')

    def addSuccess(self, test):
        if not self.failed:
            self.report('pass', test)

    def addSkip(self, test, reason):
        self.report('skip', test, reason or 'no reason given')

    def addFailure(self, test, err):
        self.failed = True
        self.report('fail', test, ''.join(traceback.format_exception(*err)))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err and not self.failed:
            self.addFailure(test, err)

    def addExpectedFailure(self, test, err):
        self.report('skip', test, 'expected to fail')


def end_leftovers():
    """End processes that tests left: as their reaper we are the parent of all orphans."""
    left = fixture.children_of(os.getpid())
    for pid, _ in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return left


def load(paths, options):
    suite = unittest.TestSuite()
    for path in paths:
        name = pathlib.Path(path).stem
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        suite.addTests(unittest.defaultTestLoader.loadTestsFromModule(module))
    return [t for t in flatten(suite) if options.only in t.id()]


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def deadline(_number, _frame):
    raise DeadlineError('the test did not end before its deadline')


def run(test, result):
    # One by one, and caught here too: unittest lets a BaseException of a test end the run.
    try:
        test.run(result)
    except DeadlineError:
        result.addFailure(test, sys.exc_info())
        test.doCleanups()
        result.stopTest(test)


def fork_once(test, result):
    """Run the test in a child. Returns the signal that ended it, or 0."""
    read, write = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        run(test, result)
        os.write(write, json.dumps([result.number, result.counts]).encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding='utf-8') as pipe:
        said = pipe.read()
    status = os.waitpid(child, 0)[1]
    end_leftovers()
    if said:
        result.number, result.counts = json.loads(said)
    elif os.WIFEXITED(status):
        sys.exit(os.WEXITSTATUS(status))
    return 0 if said else os.WTERMSIG(status)


def run_forked(test, result):
    for again in (True, False):
        number = fork_once(test, result)
        if number == 0:
            return
        name = signal.Signals(number).name
        print(f'# {Result.name(test)}: {name} ended the process of the test' + (', which begins again' if again else ''))
    result.started = time.monotonic()
    result.report('fail', test, f'{name} ended the process of the test, twice')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--tap', action='store_true')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--only', default='', metavar='TEXT')
    parser.add_argument('--results', metavar='FILE')
    parser.add_argument('--fork', action='store_true')
    parser.add_argument('-v', '--verbose', action='store_true')
    parser.add_argument('files', nargs='+')
    options = parser.parse_args()
    tests = load(options.files, options)
    if options.list:
        print('\n'.join(Result.name(t) for t in tests))
        return 0
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGALRM, deadline)
    # A job in the background inherits SIGINT ignored (sh(1)), and what it starts would, too: a handler
    # is reset for them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _frame: sys.exit(128 + n))
    if options.tap:
        print(f'1..{len(tests)}')
    result = Result(options)
    for test in tests:
        (run_forked if options.fork else run)(test, result)
    if not options.tap:
        print('{pass} passed, {fail} failed, {skip} skipped'.format(**result.counts))
    return 1 if result.counts['fail'] else 0


if __name__ == '__main__':
    sys.exit(main())

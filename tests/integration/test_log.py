# SPDX-License-Identifier: GPL-3.0-or-later
"""A long log, written at full speed: each line arrives once and in order, whatever becomes of the connection and
of the file, and fairlead-cli stays small."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import CLI, DEMO  # noqa: E402
from solver_case import SolverCase  # noqa: E402

MEMORY = 150 * 1024      # KiB
CUT_SHORT = 'The log was cut short: lines may be missing here.'


class LongLog(SolverCase):
    LINES = int(os.environ.get('FAIRLEAD_TEST_LOG_LINES', 200_000))
    DEADLINE = 60 + LINES // 5000

    def setUp(self):
        super().setUp()
        self.server = self.sshd()
        self.path = self.solver(program=pathlib.Path(__file__).parent.parent / 'lib' / 'busy_server.py')
        shutil.copy(DEMO, self.path / 'demo_server.py')
        os.mkfifo(self.path / 'orders')
        self.out = self.tmp / 'events'
        self.read, self.lines, self.events = 0, [], []

    def order(self, *words):
        with (self.path / 'orders').open('w') as fifo:
            print(*words, file=fifo)

    def take(self):
        """What has come since."""
        with self.out.open('rb') as events:
            events.seek(self.read)
            text = events.read()
        complete = text.rfind(b'\n') + 1
        self.read += complete
        for event in map(json.loads, text[:complete].splitlines()):
            if event['event'] == 'log' and event['source'] == 'server':
                if event['text'].startswith('line ') or event['level'] == 'notice':
                    self.lines.append(event['text'])
            elif event['event'] != 'log':
                self.events.append(event)

    def until(self, condition, what):
        deadline = time.monotonic() + self.DEADLINE - 10
        while not condition():
            self.assertIsNone(self.cli.poll(), self.errors.read_text())
            self.assertLess(time.monotonic(), deadline, f'{what}; {len(self.lines)} lines came, '
                            f'the last is {self.lines[-1:]}')
            time.sleep(0.05)
            self.take()

    def until_line(self, n):
        self.until(lambda: len(self.lines) > n, f'line {n} does not come')

    def begin(self):
        self.errors = self.tmp / 'errors'
        arguments = self.arguments(self.server, self.path)
        with self.out.open('wb') as out, self.errors.open('wb') as errors:
            self.cli = subprocess.Popen([str(CLI), *map(str, arguments)], env=self.client_environ(),
                                        stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        self.addCleanup(self.cli.wait)
        self.addCleanup(self.cli.kill)
        self.until(lambda: any(e['event'] == 'tunnel' and e['health'] == 'reached' for e in self.events),
                   'the solver is not reached')

    def peak(self):
        """KiB that it had at the most (proc(5), VmHWM)."""
        for line in pathlib.Path(f'/proc/{self.cli.pid}/status').read_text().splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1])
        raise AssertionError('no VmHWM')

    def assert_complete(self, n):
        numbers = [int(line.split()[1]) if line.startswith('line ') else line for line in self.lines]
        if numbers != list(range(n)):
            at = next((i for i, (a, b) in enumerate(zip(numbers, range(n))) if a != b), min(len(numbers), n))
            self.fail(f'{len(numbers)} of {n} lines; about line {at}: {numbers[max(at - 3, 0):at + 4]}')

    def test_every_line_once(self):
        n = self.LINES
        self.begin()
        for part in range(2):                                    # the connection is lost in the middle of it
            first, end = part * n // 4, (part + 1) * n // 4
            self.order('write', first, end)
            self.until_line((first + end) // 2)
            self.assertTrue(self.server.kill_connections())
            self.until_line(end - 1)
        self.order('write', n // 2, n // 2 + n // 8)             # rotated in the middle of it
        log = self.path / 'server.log'
        log.rename(self.path / 'server.log.1')
        self.order('reopen')
        self.order('write', n // 2 + n // 8, n // 4 * 3)
        self.until_line(n // 4 * 3 - 1)                          # truncated where all of it had been read
        os.truncate(log, 0)
        self.order('write', n // 4 * 3, n)
        self.until_line(n - 1)
        self.assert_complete(n)
        self.assertGreaterEqual(len([e for e in self.events if e['event'] == 'link' and e['state'] == 'backoff']), 2)
        peak = self.peak()
        print(f'# {n} lines, at the most {peak // 1024} MiB')
        # AddressSanitizer keeps what was freed.
        if 'ASAN_OPTIONS' not in os.environ:
            self.assertLess(peak, MEMORY)

    def test_truncated_before_it_was_read(self):
        self.begin()
        self.order('write', 0, 1000)
        self.until_line(999)
        self.order('lose', 1000, 101_000)
        self.order('write', 101_000, 102_000)
        self.until(lambda: self.lines[-1].startswith('line 101999 '), 'the last line does not come')
        self.assertEqual(self.lines.count(CUT_SHORT), 1)
        gap = self.lines.index(CUT_SHORT)
        before = [int(line.split()[1]) for line in self.lines[:gap]]
        after = [int(line.split()[1]) for line in self.lines[gap + 1:]]
        self.assertEqual(before, list(range(len(before))))
        self.assertLess(len(before), 101_000)
        self.assertEqual(after, list(range(101_000, 102_000)))


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A long log that comes at full speed: the window stays quick and small, and each line can be found."""

import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import ROOT, Journey  # noqa: E402

MEMORY = 150 * 1024      # KiB


class LongLog(Journey):
    LINES = int(os.environ.get('FAIRLEAD_TEST_LOG_LINES', 200_000))
    DEADLINE = 120 + LINES // 5000

    def order(self, *words):
        with (self.solver / 'orders').open('w') as fifo:
            print(*words, file=fifo)

    def memory(self, app):
        """KiB that are the program's own (proc(5), smaps_rollup)."""
        for line in pathlib.Path(f'/proc/{app.process.pid}/smaps_rollup').read_text().splitlines():
            if line.startswith('Pss:'):
                return int(line.split()[1])
        raise AssertionError('no Pss')

    def test_log_at_full_speed(self):
        shutil.move(self.solver / 'server.py', self.solver / 'demo_server.py')
        shutil.copy(ROOT / 'tests/lib/busy_server.py', self.solver / 'server.py')
        os.mkfifo(self.solver / 'orders')
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        app.click('Log')
        app.find('list', 'Lines of the Log')
        self.order('write', 0, self.LINES)
        app.keys('ctrl+f')
        app.type(f'line {self.LINES - 7} ')
        app.label('^1 of 1$', timeout=self.DEADLINE - 60)
        app.keys('Escape')
        app.keys('ctrl+Home')
        app.label(r'^line 0 ', timeout=20)
        app.keys('ctrl+End')
        app.label(f'^line {self.LINES - 1} ', timeout=20)
        used = self.memory(app)
        print(f'# {self.LINES} lines, {used // 1024} MiB')
        self.assertLess(used, MEMORY)


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A solver that runs, fails, is lost and found again; and what becomes of it when the window closes."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, wait  # noqa: E402


class Running(Journey):
    def ready(self):
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    def test_lost_connection_comes_back_by_itself(self):
        app = self.ready()
        log = app.find('list', 'Solver Log')
        began = time.monotonic()
        self.sshd.kill_connections()
        app.label('^Reconnecting', timeout=5)
        print(f'# Reconnecting was on the screen after {time.monotonic() - began:.1f} s')
        self.assertTrue(log.get_child_count(), 'the log lines are gone')
        app.label('^Solver ready$', timeout=30)
        app.label('was running already', timeout=30)

    def test_failing_solver_is_said_with_its_log_and_the_connection_stays(self):
        (self.solver / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=exit\n')
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.click('Details', timeout=30)
        app.label('^Solver exited$')
        app.label('Traceback')
        (self.solver / 'demo.env').unlink()
        app.find('push button', 'Disconnect')
        app.click('Start Solver')
        app.label('^Solver ready$', timeout=30)

    def test_exposed_solver_gets_no_tunnel(self):
        (self.solver / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=wide-bind\n')
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Exposed: reachable from the network$', timeout=30)
        self.assertEqual(app.all('push button', 'Copy Address'), [])
        app.click('Stop Solver')
        app.label('^Solver stopped$', timeout=30)

    def test_closing_asks_once_and_keeps(self):
        app = self.ready()
        app.keys('ctrl+q')
        app.label('^Keep the Solver Running[?]$')
        app.keys('Escape')
        app.gone('label', 'Keep the Solver Running?')
        self.assertTrue(app.running(), 'Esc closed the window')
        app.keys('ctrl+q')
        app.label('^Keep the Solver Running[?]$')
        app.keys('Return')
        self.assertEqual(app.wait_end(), 0)
        (pid,) = self.solvers()
        self.assertTrue(self.alive(pid), 'the solver was not kept')

    def test_closing_can_stop_it(self):
        app = self.ready()
        (pid,) = self.solvers()
        app.keys('ctrl+q')
        app.label('^Keep the Solver Running[?]$')
        app.click('Stop Solver')
        self.assertEqual(app.wait_end(20), 0)
        wait(lambda: not self.alive(pid), 'the solver to end')

    @staticmethod
    def alive(pid):
        try:
            return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
        except OSError:
            return False


class Saved(Journey):
    def test_edit_delete_and_undo(self):
        self.profile()
        app = self.start()
        app.command('win.edit')
        app.fill('Project Name', 'two words')
        app.label('white space')
        app.click('Save')
        app.label('white space')        # still there: nothing was saved, nothing lost
        app.fill('Project Name', 'drape')
        app.click('Save')
        app.gone('text', 'Project Name')
        wait(lambda: self.saved()[0].get('project-name') == 'drape', 'the file')
        app.command('win.delete')
        app.label('^Connection “gpu01” deleted$')
        wait(lambda: self.saved() == [], 'the file without it')
        app.click('Undo')
        app.label('^gpu01$')
        wait(lambda: [p['name'] for p in self.saved()] == ['gpu01'], 'the file with it again')

    def test_escape_with_changes_asks(self):
        self.profile()
        app = self.start()
        app.command('win.edit')
        app.fill('User', 'somebody')
        app.keys('Escape')
        app.label('^Save Changes[?]$')
        app.keys('Escape')
        app.gone('label', 'Save Changes?')
        app.entry('User')
        app.keys('Escape')
        app.click('Discard')
        app.gone('text', 'User')
        self.assertNotEqual(self.saved()[0]['user'], 'somebody')

    def saved(self):
        return json.loads((self.home / 'config/fairlead/profiles.json').read_text())['profiles']


if __name__ == '__main__':
    unittest.main()

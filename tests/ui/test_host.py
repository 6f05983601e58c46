# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the Host, and what runs on it: beside a solver, and while there is no connection."""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, wait  # noqa: E402


class Host(Journey):
    def ready(self):
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    def test_check_beside_the_solver(self):
        app = self.ready()
        app.command('win.doctor')
        app.label('^What Was Looked At$', timeout=30)
        app.label('is held by your solver, started from')
        app.label('^It answers: ')
        app.find('list item', re.compile('^Good, Solver: server[.]py$'))
        app.click('Copy Report')
        app.label('^Copied, without names of hosts and accounts$')
        app.click('Run Again')
        app.label('^Looked at ', timeout=30)
        app.focused_window()
        app.keys('Escape')
        app.gone('label', '^What Was Looked At$')
        app.label('^Solver ready$')

    def test_check_without_a_connection_starts_nothing(self):
        self.trust()
        self.profile(**{'remote-path': str(self.solver / 'elsewhere')})
        app = self.start()
        app.command('win.doctor')
        app.label('^What to Do$', timeout=30)
        app.find('list item', re.compile('^Problem, Remote path: .*elsewhere is not there'))
        self.assertEqual(self.solvers(), [])
        app.label('^Offline$')
        self.assertEqual(len(self.sshd.connections()), 1)
        app.focused_window()
        app.keys('Escape')
        wait(lambda: not self.sshd.connections(), 'its connection to end with the window')

    def test_host_that_is_not_there(self):
        self.trust()
        self.profile()
        self.sshd.stop()
        app = self.start()
        app.command('win.doctor')
        app.label('^The Host Could Not Be Looked At$', timeout=30)
        self.sshd.start()
        app.click('Try Again')
        app.label('^What Was Looked At$', timeout=30)

    def test_first_contact_is_asked_about(self):
        self.profile()
        app = self.start()
        app.command('win.doctor')
        app.label('^Verify ', timeout=30)
        app.click('Cancel')
        app.label('is not known and was not accepted', timeout=30)

    def test_stop_a_solver_of_another_connection(self):
        """Started from elsewhere, in another folder: seen, asked about, stopped; and its port is free again."""
        app = self.ready()
        record, = self.home.glob('sshd/home/state/fairlead/*/*/record')
        app.command('win.toggle-connection')
        app.label('^Offline$', timeout=30)
        app.command('win.host')
        app.label('^“gpu01” on port ', timeout=30)
        app.click(f'Stop…: “gpu01” on port {self.server_port}')
        app.label('^Stop This Solver[?]$')
        app.click('Stop Solver')
        wait(lambda: not record.exists(), 'the solver to be stopped')
        app.label('^None$', timeout=30)

    def test_stop_our_own_and_take_a_free_port(self):
        app = self.ready()
        app.command('win.host')
        app.label(f'^{self.server_port + 1} is free$', timeout=30)
        app.click('Use It')
        app.label('is the connection.s server port from the next start on$')

        def saved():
            path = self.home / 'config/fairlead/profiles.json'
            return json.loads(path.read_text())['profiles'][0]['server-port'] == self.server_port + 1
        wait(saved, 'the port to be saved')
        app.click(f'Stop…: “gpu01” on port {self.server_port}')
        app.label('^Stop This Solver[?]$')
        app.click('Stop Solver')
        app.label('^Solver stopped$', timeout=30)


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing while solvers run: asked once for all, bounded, and honest where one could not be stopped; and restart."""

import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import PROGRAM, Journey, fixture, wait  # noqa: E402

KEEP = '^Keep the Solver Running[?]$'


class Closing(Journey):
    def ready(self, *arguments):
        self.trust()
        self.profile()
        app = self.start(*arguments)
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    @staticmethod
    def alive(pid):
        try:
            return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
        except OSError:
            return False

    def records(self):
        return list(self.home.glob('sshd/home/state/fairlead/*/*/record'))

    def test_asks_once_however_often(self):
        app = self.ready()
        app.keys('ctrl+q')
        app.label(KEEP)
        app.keys('ctrl+q', 'ctrl+w')
        self.assertEqual(len([n for n in app.all('label') if re.match(KEEP, n.get_name() or '')]), 1)
        app.keys('Escape')
        app.gone('label', 'Keep the Solver Running?')
        self.assertTrue(app.running())
        # Asked again the next time.
        app.keys('ctrl+w')
        app.label(KEEP)
        app.click('Keep Running')
        self.assertEqual(app.wait_end(), 0)

    def test_asks_for_an_adopted_one_too(self):
        app = self.ready()
        (pid,) = self.solvers()
        app.keys('ctrl+q')
        app.label(KEEP)
        app.keys('Return')
        self.assertEqual(app.wait_end(), 0)
        self.finish()
        app = self.start()
        app.command('win.connect')
        app.label('was running already', timeout=30)
        app.keys('ctrl+q')
        app.label(KEEP)
        app.click('Stop Solver')
        self.assertEqual(app.wait_end(20), 0)
        wait(lambda: not self.alive(pid), 'the solver to end')

    def test_several_connections(self):
        self.trust()
        self.profile()
        path = self.home / 'config/fairlead/profiles.json'
        saved = json.loads(path.read_text())
        second = self.home / 'second'
        shutil.copytree(self.solver, second)
        saved['profiles'].append({**saved['profiles'][0], 'id': '00000000-0000-4000-8000-0000000000aa', 'name': 'gpu02',
                                  'remote-path': str(second), 'server-port': fixture.free_port(),
                                  'local-port': fixture.free_port()})
        path.write_text(json.dumps(saved))
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        subprocess.run([PROGRAM, '--connect', 'gpu02'], check=True, timeout=20)
        wait(lambda: len(self.records()) == 2, 'the second solver', 30)
        app.label('^Solver ready$', timeout=30)
        pids = self.solvers()
        app.keys('ctrl+q')
        app.label('^Keep the Solvers Running[?]$')
        app.label('gpu01, gpu02')
        app.click('Stop Solvers')
        self.assertEqual(app.wait_end(30), 0)
        for pid in pids:
            wait(lambda pid=pid: not self.alive(pid), 'the solver to end')

    def test_host_that_does_not_answer(self):
        """The person is not kept waiting, and is told what is waited for."""
        app = self.ready()
        self.assertTrue(self.sshd.kill_connections(signal.SIGSTOP))
        self.addCleanup(self.sshd.kill_connections, signal.SIGKILL)
        app.keys('ctrl+q')
        app.label(KEEP)
        app.click('Stop Solver')
        app.label('^Stopping the Solver…$')
        app.label('“gpu01”')
        # Asked again, it is the same dialog.
        app.keys('ctrl+q')
        app.label('^Stopping the Solver…$')
        began = time.monotonic()
        app.click('Close Now')
        self.assertEqual(app.wait_end(15), 0)
        self.assertLess(time.monotonic() - began, 10)

    def test_one_that_could_not_be_stopped(self):
        app = self.ready()
        (pid,) = self.solvers()
        (record,) = self.records()
        good = record.read_text()
        record.write_text(re.sub('(?m)^token=.*$', 'token=' + '0' * 32, good))
        app.keys('ctrl+q')
        app.label(KEEP)
        app.click('Stop Solver')
        app.label('^Not Everything Was Stopped$', timeout=20)
        app.label('was not stopped. Another one has been started there since')
        app.keys('Escape')
        app.gone('label', 'Not Everything Was Stopped')
        self.assertTrue(app.running())
        self.assertTrue(self.alive(pid))

    def test_end_of_the_session_keeps(self):
        app = self.ready()
        (pid,) = self.solvers()
        app.process.send_signal(signal.SIGTERM)
        self.assertEqual(app.wait_end(10), 0)
        self.assertTrue(self.alive(pid))

    def test_restart(self):
        app = self.ready()
        (pid,) = self.solvers()
        address = app.find('label', f'127.0.0.1:{self.local_port}')
        self.assertIsNotNone(address)
        app.click('Restart Solver')
        wait(lambda: self.solvers() not in ([pid], []), 'another solver', 30)
        app.label('^Solver ready$', timeout=30)
        wait(lambda: not self.alive(pid), 'the first to end')
        (again,) = self.solvers()
        self.assertTrue(self.alive(again))
        app.find('label', f'127.0.0.1:{self.local_port}')

    def test_port_in_use_is_one_press(self):
        """The port that is offered is used, and kept in the connection."""
        with fixture.socket.create_server(('127.0.0.1', self.server_port)):
            self.trust()
            self.profile()
            app = self.start()
            app.command('win.connect')
            app.label(f'Port {self.server_port} of ', timeout=30)
            offer = app.label('^Port [0-9]+ is free')
            port = int(re.search('[0-9]+', offer.get_name())[0])
            self.assertNotEqual(port, self.server_port)
            check = app.find('check box', 'Save it in the connection')
            app.point(check)
            app.click(f'Use Port {port}')
            app.label('^Solver ready$', timeout=30)
        path = self.home / 'config/fairlead/profiles.json'
        wait(lambda: json.loads(path.read_text())['profiles'][0]['server-port'] == port, 'the port to be saved')

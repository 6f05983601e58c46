# SPDX-License-Identifier: GPL-3.0-or-later
"""A port of the remote that is in use: by whom is said, and another is offered and taken."""

import json
import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs_root  # noqa: E402
from solver_case import SolverCase, listeners  # noqa: E402

HOLD = '''
import socket, sys
with socket.create_server(('127.0.0.1', int(sys.argv[1]))) as holder:
    print('held', flush=True)
    sys.stdin.read()
'''


class Ports(SolverCase):
    def setUp(self):
        super().setUp()
        self.port = fixture.free_port()

    def hold(self, name='somebody', **how):
        """A process of NAME that listens on the port until the test ends."""
        holder = subprocess.Popen([sys.executable, '-c', HOLD, str(self.port), name], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.stdin.close)
        self.assertEqual(holder.stdout.readline(), 'held\n')
        return holder

    def refused(self, server, path, *more):
        cli = self.connect(server, path, *more, server_port=self.port)
        error = self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('link', state='online'))
        self.assertFalse(self.solvers(path))
        return error

    def assert_free(self, port):
        self.assertGreater(port, self.port)
        self.assertFalse(listeners(port))

    def test_of_our_account(self):
        holder = self.hold('my jupyter')
        error = self.refused(self.sshd(), self.solver())
        self.assertIn(f'Port {self.port} of ', error['message'])
        self.assertIn('another process of your account', error['message'])
        self.assertIn('my jupyter', error['message'])
        self.assertIn(f'process {holder.pid}', error['message'])
        self.assert_free(error['free_port'])
        self.assertIn(str(error['free_port']), error['hint'])
        self.assertIsNone(holder.poll())

    @needs_root
    def test_of_another_account(self):
        other, me = self.account(), self.account()
        self.hold(user=other.uid, group=other.gid)
        error = self.refused(self.sshd(user=me.name), self.solver(account=me))
        self.assertIn(f'Port {self.port} of ', error['message'])
        self.assertIn(f'“{other.name}”', error['message'])
        self.assert_free(error['free_port'])

    @needs_root
    def test_of_an_account_without_a_name(self):
        me = self.account()
        self.hold(user=54321, group=54321)
        error = self.refused(self.sshd(user=me.name), self.solver(account=me))
        self.assertIn('54321', error['message'])
        self.assert_free(error['free_port'])

    @needs_root
    def test_root_sees_whose_it_is(self):
        """Root may look at every process: that does not make it its own."""
        other = self.account()
        self.hold(user=other.uid, group=other.gid)
        error = self.refused(self.sshd(), self.solver())
        self.assertIn(f'“{other.name}”', error['message'])

    def test_of_our_solver_in_another_path(self):
        server, first = self.sshd(), self.solver('first')
        self.run_detached(server, first, server_port=self.port)
        pid = self.assert_runs(first)
        error = self.refused(server, self.solver('second'))
        self.assertIn('in use by your solver', error['message'])
        self.assertIn(str(first), error['message'])
        self.assert_free(error['free_port'])
        self.assertEqual(self.assert_runs(first), pid)

    def test_the_offered_port_is_good(self):
        self.hold()
        server, path = self.sshd(), self.solver()
        offered = self.refused(server, path)['free_port']
        cli = self.run_detached(server, path, server_port=offered)
        self.assertTrue(cli.find('server', state='ready', bound_to=f'127.0.0.1:{offered}'))

    def test_free(self):
        """Any port: those in use are passed over, and it is said."""
        self.hold()
        server, path = self.sshd(), self.solver()
        with socket.create_server(('127.0.0.1', self.port + 1)):
            cli = self.connect_free(server, path)
        ready = cli.find('server', state='ready')[-1]
        used = int(ready['bound_to'].rpartition(':')[2])
        self.assertGreater(used, self.port + 1)
        self.assertTrue([e for e in cli.find('log', source='fairlead') if f'Port {used} is used instead' in e['text']])
        # Run again, it is found where it is, from whatever port one begins.
        pid = self.assert_runs(path)
        again = self.connect_free(server, path)
        self.assertTrue(again.find('server', state='ready', adopted=True, bound_to=ready['bound_to']))
        self.assertEqual(self.assert_runs(path), pid)

    def connect_free(self, server, path):
        """A saved connection whose server port is self.port, and any port will do."""
        folder = self.client_home() / 'config/fairlead'
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        profile = {'id': 'one', 'name': 'gpu', 'type': 'SSH', 'host': '127.0.0.1', 'port': server.port,
                   'user': server.user, 'key-path': str(server.identity), 'remote-path': str(path),
                   'server-port': self.port}
        (folder / 'profiles.json').write_text(json.dumps({'version': 1, 'profiles': [profile]}))
        self.known(server)
        cli = self.start_cli('connect', 'gpu', '--json', '-F', '/dev/null', '--detach', '--server-port', 'free')
        self.end(cli, 0)
        return cli

    def test_words(self):
        for text in ('-1', '0', '70000', 'any', ''):
            with self.subTest(text):
                cli = self.start_cli('connect', 'nobody@127.0.0.1', '--json', f'--server-port={text}')
                error = self.end(cli, 2, 'usage')
                self.assertIn('--server-port', error['message'])

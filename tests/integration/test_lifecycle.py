# SPDX-License-Identifier: GPL-3.0-or-later
"""What outlives what: adoption, stopping only ours, signals, a connection that dies."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs_root  # noqa: E402
from solver_case import SolverCase  # noqa: E402


def is_refused(address):
    try:
        socket.create_connection(address, timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


class Lifecycle(SolverCase):
    def setUp(self):
        super().setUp()
        self.server, self.path = self.sshd(), self.solver()
        self.server_port = fixture.free_port()

    def open(self, *more, **how):
        """A command that holds the tunnel: (Cli, address, pid of the solver)."""
        cli = self.connect(self.server, self.path, *more, server_port=self.server_port, **how)
        address = cli.wait_for_tunnel()
        return cli, address, self.assert_runs(self.path)

    def exit_solver(self, cli):
        return cli.find('exit')[0]['solver']

    def test_result_without_json(self):
        self.known(self.server)
        arguments = self.arguments(self.server, self.path)
        arguments.remove('--json')
        process = subprocess.Popen([str(self.cli_path()), *map(str, arguments)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                                   env=self.client_environ(), start_new_session=True)
        with process:
            address = process.stdout.readline()
            self.assertRegex(address, r'\A127\.0\.0\.1:\d+\n\Z')
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.communicate(timeout=20), ('', ''))
        self.assertEqual(process.returncode, 0)

    @staticmethod
    def cli_path():
        from fairlead_test import CLI
        return CLI

    def test_signals_close_the_tunnel_and_keep_the_solver(self):
        pids = set()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                cli, address, pid = self.open()
                cli.signal(number)
                self.end(cli, 0)
                self.assertTrue(is_refused(address))
                self.assertEqual(self.exit_solver(cli), 'running')
                pids.add(pid)
        self.assertEqual(pids, {self.assert_runs(self.path)})

    def test_stop_on_exit(self):
        cli, address, _ = self.open('--stop-on-exit')
        cli.signal(signal.SIGINT)
        self.end(cli, 0)
        self.assert_ends(self.path)
        self.assertTrue(is_refused(address))
        self.assertEqual(self.exit_solver(cli), 'stopped')

    def test_restart(self):
        """Ours is ended and started anew; where none runs, it is a start like any other."""
        self.run_detached(self.server, self.path, '--restart', server_port=self.server_port)
        pid = self.assert_runs(self.path)
        cli, _, again = self.open('--restart')
        self.assertNotEqual(again, pid)
        self.assertTrue(cli.find('server', state='stopping'))
        self.assertFalse(cli.find('server', state='ready', adopted=True))
        cli.signal(signal.SIGTERM)
        self.end(cli, 0)

    def test_restart_leaves_what_is_not_ours(self):
        decoy = subprocess.Popen([sys.executable, 'server.py', '--host', '127.0.0.1', '--port', str(self.server_port)],
                                 cwd=self.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(decoy.wait)
        self.addCleanup(decoy.kill)
        self.assert_runs(self.path)
        cli = self.connect(self.server, self.path, '--restart', server_port=self.server_port)
        error = self.end(cli, 7, 'remote')
        self.assertIn('that Fairlead did not start', error['message'])
        self.assertIsNone(decoy.poll())

    def test_stop_of_a_stubborn_solver(self):
        (self.path / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=stubborn\n')
        cli, _, _ = self.open('--stop-on-exit')
        cli.signal(signal.SIGTERM)
        self.end(cli, 0)
        self.assert_ends(self.path)

    def test_detach(self):
        cli = self.run_detached(self.server, self.path, server_port=self.server_port)
        self.assert_runs(self.path)
        self.assertEqual(self.exit_solver(cli), 'running')
        port = cli.find('tunnel', state='open')[0]['local_port']
        self.assertTrue(is_refused(('127.0.0.1', port)))

    def test_adopts_what_it_left(self):
        self.run_detached(self.server, self.path, server_port=self.server_port)
        pid = self.assert_runs(self.path)
        cli, _, again = self.open()
        self.assertEqual(again, pid)
        self.assertTrue(cli.find('server', state='ready', adopted=True))

    def test_adopts_after_it_was_killed(self):
        cli, _, pid = self.open()
        cli.process.kill()
        cli.process.wait(10)
        cli, _, again = self.open()
        self.assertEqual(again, pid)
        self.assertTrue(cli.find('server', state='ready', adopted=True))

    def test_adopts_from_another_desktop(self):
        self.run_detached(self.server, self.path, server_port=self.server_port)
        pid = self.assert_runs(self.path)
        state = self.client_home() / 'state'
        if state.exists():
            state.rename(self.tmp / 'state of the first desktop')
        _, _, again = self.open()
        self.assertEqual(again, pid)

    def test_stops_only_ours(self):
        decoy_path = self.solver('decoy')
        command = [sys.executable, 'server.py', '--host', '127.0.0.1', '--port', str(fixture.free_port())]
        decoy = subprocess.Popen(command, cwd=decoy_path, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(decoy.wait)
        self.addCleanup(decoy.kill)
        other = self.solver('other')
        self.run_detached(self.server, other)
        cli, _, _ = self.open('--stop-on-exit')
        cli.signal(signal.SIGINT)
        self.end(cli, 0)
        self.assert_ends(self.path)
        self.assertIsNone(decoy.poll())
        self.assert_runs(other)

    @needs_root
    def test_two_people_on_one_host(self):
        """Each has a solver, on ports of their own; neither finds, follows or stops the other's."""
        people = [self.account(), self.account()]
        paths = [self.solver(account=account) for account in people]
        servers = [self.sshd(user=account.name) for account in people]
        ports = [fixture.free_port(), fixture.free_port()]
        self.run_detached(servers[0], paths[0], server_port=ports[0])
        pid = self.assert_runs(paths[0])
        error = self.end(self.connect(servers[1], paths[1], server_port=ports[0]), 7, 'remote')
        self.assertIn(f'“{people[0].name}”', error['message'])
        cli = self.connect(servers[1], paths[1], '--stop-on-exit', server_port=ports[1])
        cli.wait_for_tunnel()
        self.assertFalse(cli.find('server', adopted=True))
        cli.signal(signal.SIGINT)
        self.end(cli, 0)
        self.assert_ends(paths[1])
        self.assertEqual(self.assert_runs(paths[0]), pid)

    def test_two_profiles_on_one_account(self):
        """The same path on another port leads to the one that runs; another path on that port is refused."""
        self.run_detached(self.server, self.path, server_port=self.server_port)
        pid = self.assert_runs(self.path)
        error = self.end(self.connect(self.server, self.path, server_port=fixture.free_port()), 7, 'remote')
        self.assertEqual(error['free_port'], self.server_port)
        other = self.solver('other')
        error = self.end(self.connect(self.server, other, server_port=self.server_port), 7, 'remote')
        self.assertIn(str(self.path), error['message'])
        self.assertNotEqual(error['free_port'], self.server_port)
        cli = self.run_detached(self.server, other, server_port=error['free_port'])
        self.assertFalse(cli.find('server', adopted=True))
        self.assert_runs(other)
        self.assertEqual(self.assert_runs(self.path), pid)

    def test_a_recycled_pid_is_not_ours(self):
        """A record that names a living process of somebody else: neither adopted nor stopped."""
        self.run_detached(self.server, self.path, server_port=self.server_port)
        pid = self.assert_runs(self.path)
        os.kill(pid, signal.SIGKILL)
        self.assert_ends(self.path)
        bystander = subprocess.Popen(['sleep', '600'], start_new_session=True)
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        for record in self.server.home.glob('state/fairlead/*/*/record'):
            record.write_text(record.read_text().replace(f'pid={pid}\n', f'pid={bystander.pid}\n'))
        cli, _, again = self.open('--stop-on-exit')
        self.assertNotEqual(again, bystander.pid)
        self.assertFalse(cli.find('server', state='ready', adopted=True))
        cli.signal(signal.SIGINT)
        self.end(cli, 0)
        self.assertIsNone(bystander.poll())

    def test_the_connection_dies_in_the_middle(self):
        cli, address, pid = self.open('--no-reconnect')
        lines = len((self.path / 'server.log').read_text().splitlines())
        while len(cli.find('log', source='server')) < lines:
            cli.wait_for('log', source='server')
        self.assertTrue(self.server.kill_connections())
        killed = time.monotonic()
        cli.wait_for('link', state='failed')
        self.assertLess(time.monotonic() - killed, 1.0)
        error = self.end(cli, 4, 'network')
        self.assertTrue(error['message'])
        self.assertGreaterEqual(len(cli.find('log', source='server')), lines)
        self.assertTrue(is_refused(address))
        self.assertEqual(self.assert_runs(self.path), pid)
        cli, _, again = self.open()
        self.assertEqual(again, pid)
        self.assertTrue(cli.find('server', state='ready', adopted=True))

    def test_signal_while_connecting(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            port = silent.getsockname()[1]
            cli = self.connect(self.server, self.path, target=f'somebody@127.0.0.1:{port}')
            connection, _ = silent.accept()
            with connection:
                cli.signal(signal.SIGTERM)
                self.end(cli, 128 + signal.SIGTERM)

    def test_signal_while_the_solver_gets_ready(self):
        (self.path / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=never-ready\n')
        cli = self.connect(self.server, self.path, server_port=self.server_port)
        cli.wait_for('server', state='waiting')
        cli.signal(signal.SIGINT)
        self.end(cli, 128 + signal.SIGINT)

    def test_signal_while_the_host_is_silent(self):
        """A connection that stands still keeps nobody waiting."""
        (self.path / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=never-ready\n')
        for state in ('online', 'waiting'):
            with self.subTest(state):
                cli = self.connect(self.server, self.path, server_port=self.server_port)
                cli.wait_for('link' if state == 'online' else 'server', state=state)
                self.assertTrue(self.server.kill_connections(signal.SIGSTOP))
                cli.signal(signal.SIGINT)
                since = time.monotonic()
                self.end(cli, 128 + signal.SIGINT)
                self.assertLess(time.monotonic() - since, 5)
                self.server.kill_connections(signal.SIGCONT)

    def test_timeout(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            port = silent.getsockname()[1]
            cli = self.connect(self.server, self.path, '--timeout', 1, target=f'somebody@127.0.0.1:{port}')
            error = self.end(cli, 4, 'network')
            self.assertIn('--timeout', error['message'])

    def test_nobody_listens(self):
        cli = self.connect(self.server, self.path, target=f'somebody@127.0.0.1:{fixture.free_port()}')
        self.end(cli, 4, 'network')

    def test_the_reader_goes_away(self):
        cli, address, pid = self.open()
        cli.process.stdout.close()
        (self.path / 'server.log').open('a', encoding='utf-8').write('one line more\n' * 10)
        self.assertEqual(cli.process.wait(20), 0)
        self.assertTrue(is_refused(address))
        self.assertEqual(self.assert_runs(self.path), pid)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is lost comes back by itself, with its tunnel, its solver and its log."""

import contextlib
import json
import os
import pathlib
import pty
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
import delaynet  # noqa: E402
from fairlead_test import CLI, Sshd, fixture  # noqa: E402
from solver_case import SolverCase, listeners  # noqa: E402


class ReconnectCase(SolverCase):
    """A solver that writes numbered lines without an end."""

    OUTAGE = int(os.environ.get('FAIRLEAD_TEST_OUTAGE', 8))    # s
    DEADLINE = 4 * OUTAGE + 60

    FPS = 50            # lines a second, about

    # Small, so that silence is noticed soon; the rest is as with the defaults.
    ALIVE = 'ServerAliveInterval 1\nServerAliveCountMax 2\n'

    def setUp(self):
        super().setUp()
        self.server = self.sshd()
        self.path = self.solver(AUTOSTART='1', FRAMES='1000000', FPS=str(self.FPS))
        self.server_port = fixture.free_port()

    def open(self, *more, config=ALIVE, **how):
        """A command that holds the tunnel; self.address and self.pid."""
        file = self.tmp / 'config'
        file.write_text(config)
        cli = self.connect(self.server, self.path, '-F', file, *more, server_port=self.server_port, **how)
        self.address = cli.wait_for_tunnel()
        self.pid = self.assert_runs(self.path)
        cli.wait_for('solver')
        self.wait_for_lines(cli, 5)
        return cli

    def seen(self, cli):
        return [e['text'] for e in cli.find('log', source='server')]

    def wait_for_lines(self, cli, more):
        """Read events until so many more lines of the solver have come."""
        wanted = len(self.seen(cli)) + more
        while len(self.seen(cli)) < wanted:
            cli.wait_for('log', source='server')

    def assert_every_line_once(self, cli):
        self.wait_for_lines(cli, 5)
        written = (self.path / 'server.log').read_text().splitlines()
        seen = self.seen(cli)
        self.assertEqual(seen, written[:len(seen)])

    def wait_until_back(self, cli):
        """From the loss on: the tunnel on the same port, the same solver, every line once."""
        back = cli.wait_for('link', state='online')
        self.assertGreaterEqual(back['attempt'], 1)
        tunnel = cli.wait_for('tunnel', state='open', health='reached')
        self.assertEqual(('127.0.0.1', tunnel['local_port']), self.address)
        self.assertEqual(self.assert_runs(self.path), self.pid)
        self.assert_every_line_once(cli)
        self.reach()
        self.assertEqual(len({e['adopted'] for e in cli.find('server', state='ready')}), 1)
        self.assertFalse(cli.find('error'))

    def reach(self):
        socket.create_connection(self.address, timeout=5).close()

    def leave(self, cli, code=0):
        cli.signal(signal.SIGTERM)
        self.end(cli, code)
        self.assertEqual(cli.find('exit')[0]['solver'], 'running')


class Reconnect(ReconnectCase):
    def test_killed(self):
        cli = self.open()
        for _ in range(2):
            self.assertTrue(self.server.kill_connections())
            killed = time.monotonic()
            lost = cli.wait_for('link', state='backoff')
            self.assertLess(time.monotonic() - killed, 1.0)
            self.assertEqual(lost['attempt'], 1)
            self.assertLessEqual(lost['retry_in_ms'], 2000)
            self.wait_until_back(cli)
        self.leave(cli)

    def test_the_server_is_away_for_a_while(self):
        cli = self.open()
        self.server.stop()
        cli.wait_for('link', state='backoff', attempt=3)
        self.server.start()
        self.wait_until_back(cli)
        self.leave(cli)

    def test_the_host_falls_silent(self):
        """Its processes are stopped: noticed within two keepalives and the grace of the last."""
        cli = self.open()
        self.assertTrue(self.server.kill_connections(signal.SIGSTOP))
        stopped = time.monotonic()
        self.addCleanup(self.server.kill_connections, signal.SIGKILL)
        cli.wait_for('link', state='backoff')
        self.assertLess(time.monotonic() - stopped, 2 * 1 + 1 + 2)
        self.wait_until_back(cli)
        self.leave(cli)

    def test_outage_by_sleep(self):
        """Nothing of ours runs for a while, and meanwhile the connection is forgotten at the other end."""
        for keeps in (True, False):
            with self.subTest('the connection lasts' if keeps else 'the connection is gone'):
                cli = self.open()
                cli.signal(signal.SIGSTOP)
                lines = len((self.path / 'server.log').read_text().splitlines())
                if not keeps:
                    self.assertTrue(self.server.kill_connections())
                while len((self.path / 'server.log').read_text().splitlines()) < lines + self.OUTAGE * self.FPS:
                    time.sleep(0.05)
                cli.signal(signal.SIGCONT)
                if keeps:
                    self.assert_every_line_once(cli)
                    self.assertFalse(cli.find('link', state='backoff'))
                else:
                    cli.wait_for('link', state='backoff')
                    self.wait_until_back(cli)
                self.leave(cli)

    def test_client_meanwhile(self):
        """The listener was never closed: who comes while the host is away waits, and is served."""
        cli = self.open()
        self.server.stop()
        cli.wait_for('link', state='backoff')
        self.assertEqual(len(listeners(self.address[1])), 1)
        client = socket.create_connection(self.address, timeout=30)
        self.addCleanup(client.close)
        cli.wait_for('link', state='backoff', attempt=2)
        self.server.start()
        request = b'--name demo'
        client.sendall(b'TCMD' + len(request).to_bytes(4, 'big') + request)
        answer = b''.join(iter(lambda: client.recv(65536), b''))
        self.assertIn('protocol_version', json.loads(answer))
        self.wait_until_back(cli)
        self.leave(cli)

    def test_said_to_a_person(self):
        """Without --json: on a terminal, standard error tells of it."""
        self.known(self.server)
        arguments = self.arguments(self.server, self.path, server_port=self.server_port)
        arguments.remove('--json')
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = subprocess.Popen([str(CLI), *map(str, arguments)], stdout=subprocess.PIPE, stderr=theirs,
                                   stdin=subprocess.DEVNULL, env=self.client_environ(), start_new_session=True)
        os.close(theirs)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        address = process.stdout.readline()
        self.said = ''
        self.read_until(ours, 'The tunnel is open')
        self.server.kill_connections()
        self.read_until(ours, 'was lost')
        self.read_until(ours, 'Reconnecting in 1 s (attempt 1)')
        self.read_until(ours, 'Connected again')
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(process.stdout.read(), b'')
        self.assertRegex(address, rb'^127\.0\.0\.1:\d+\n$')

    def read_until(self, terminal, text):
        while text not in self.said:
            self.said += os.read(terminal, 4096).decode()
        self.said = self.said[self.said.index(text):]

    def test_another_host_key(self):
        """Stops and asks; here there is nobody."""
        cli = self.open()
        other = fixture.shared_keys().get('ed25519', name='other-host')
        self.server.restart(host_keys=[other])
        error = self.end(cli, 5, 'host-key')
        self.assertIn('changed', error['message'])
        self.assertEqual(cli.find('link')[-1]['state'], 'offline')
        self.assertTrue(cli.find('link', state='failed'))
        self.assertEqual(self.assert_runs(self.path), self.pid)

    def test_no_more_sign_in(self):
        cli = self.open()
        self.server.restart(authorized=[])
        self.end(cli, 6, 'auth')

    def test_asks_nothing_again(self):
        """Neither for the passphrase nor for a host key that was accepted once."""
        key = fixture.shared_keys().get('ed25519', passphrase='correct horse', name='encrypted')
        server = self.server = self.sshd(authorized=[pathlib.Path(f'{key}.pub')])
        environ = self.askpass('once', 'correct horse')
        cli = self.open(key=key, known=False, environ=environ)
        self.assertEqual(len(self.asked()), 2, self.asked())
        server.kill_connections()
        cli.wait_for('link', state='backoff')
        self.wait_until_back(cli)
        self.assertEqual(len(self.asked()), 2, self.asked())
        self.leave(cli)

    def test_signal_while_waiting(self):
        cli = self.open()
        self.server.stop()
        cli.wait_for('link', state='backoff', attempt=2)
        signalled = time.monotonic()
        cli.signal(signal.SIGTERM)
        self.end(cli, 0)
        self.assertLess(time.monotonic() - signalled, 3)
        self.assertEqual(self.assert_runs(self.path), self.pid)

    def test_the_solver_ended_meanwhile(self):
        cli = self.open()
        self.server.stop()
        cli.wait_for('link', state='backoff')
        os.kill(self.pid, signal.SIGKILL)
        self.assert_ends(self.path)
        self.server.start()
        error = self.end(cli, 7, 'remote')
        self.assertIn('ended while the connection was lost: it was killed (SIGKILL)', error['message'])
        written = (self.path / 'server.log').read_text().splitlines()
        self.assertEqual(self.seen(cli), written)
        self.assertIn(written[-1], error['details'])
        self.assertEqual(self.solvers(self.path), [])

    def test_lost_in_the_middle_of_the_job(self):
        """At any step: there is one solver in the end, and it was started once."""
        for event, fields in (('link', {'state': 'online'}),
                              ('step', {'step': 'check-path', 'state': 'running'}),
                              ('server', {'state': 'launching'}),
                              ('server', {'state': 'waiting'}),
                              ('step', {'step': 'check-exposure', 'state': 'running'}),
                              ('step', {'step': 'open-tunnel', 'state': 'running'})):
            with self.subTest(event, **fields):
                path = self.solver(f'solver-{event}-{"-".join(fields.values())}')
                cli = self.connect(self.server, path, server_port=fixture.free_port())
                cli.wait_for(event, **fields)
                self.server.kill_connections()
                cli.wait_for('link', state='backoff')
                cli.wait_for('tunnel', state='open', health='reached')
                self.assert_runs(path)
                self.assertEqual((path / 'server.log').read_text().count('demo solver, protocol'), 1)
                cli.signal(signal.SIGTERM)
                self.end(cli, 0)

    def test_rotation_meanwhile(self):
        """The log was put aside while it was not followed: the old one to its end, then the new one."""
        cli = self.open()
        self.server.stop()
        cli.wait_for('link', state='backoff')
        log = self.path / 'server.log'
        log.rename(self.path / 'server.log.1')
        log.write_text('a new log\n')
        self.wait_for_size(self.path / 'server.log.1')
        self.server.start()
        cli.wait_for('link', state='online')
        cli.wait_for('log', source='server', text='a new log')
        old = (self.path / 'server.log.1').read_text().splitlines()
        seen = self.seen(cli)
        at = seen.index('a new log')
        self.assertEqual(seen[:at], old[:at])
        self.leave(cli)

    def wait_for_size(self, file):
        size = file.stat().st_size
        while file.stat().st_size < size + 1000:
            time.sleep(0.02)

    def test_forwards_of_the_configuration(self):
        port = fixture.free_port()
        with socket.create_server(('127.0.0.1', 0)) as service:
            forward = f'LocalForward {port} 127.0.0.1:{service.getsockname()[1]}\n'
            cli = self.open(config=self.ALIVE + forward)
            self.server.kill_connections()
            cli.wait_for('link', state='backoff')
            self.wait_until_back(cli)
            client = socket.create_connection(('127.0.0.1', port), timeout=10)
            with contextlib.closing(client), service.accept()[0] as peer:
                client.sendall(b'there')
                self.assertEqual(peer.recv(100), b'there')
            self.leave(cli)


@unittest.skipUnless(delaynet.available(), 'needs root, network namespaces and /dev/net/tun')
class Outage(ReconnectCase):
    """Every packet is dropped for a while, with nothing that says so to either end."""

    def setUp(self):
        super().setUp()
        self.net = self.enter(delaynet.DelayNet(round_trip=20))

    def sshd(self, **arguments):
        server = Sshd(self.tmp / 'sshd', bind=delaynet.DelayNet.SERVER, **arguments)
        self.addCleanup(server.close)
        return server

    def start_cli(self, *arguments, **how):
        with self.net.client():
            return super().start_cli(*arguments, **how)

    def reach(self):
        with self.net.client():
            super().reach()

    def outage(self):
        self.net.black_hole(True)
        time.sleep(self.OUTAGE)
        self.net.black_hole(False)

    def test_outage(self):
        with self.net.server():
            self.server.start()
        cli = self.open()
        self.outage()
        cli.wait_for('link', state='backoff')
        self.wait_until_back(cli)
        self.leave(cli)

    def test_outage_that_is_not_noticed(self):
        """Shorter than the keepalives' time: nothing is lost, and nothing is made again."""
        with self.net.server():
            self.server.start()
        cli = self.open(config=f'ServerAliveInterval {self.OUTAGE}\nServerAliveCountMax 3\n')
        self.outage()
        self.assert_every_line_once(cli)
        self.assertFalse(cli.find('link', state='backoff'))
        self.leave(cli)

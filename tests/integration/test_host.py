# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is on a host: solvers of ours and of others, ports, graphics cards; and ending ours from there."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from events import check_line  # noqa: E402
from fairlead_test import DEMO, fixture, needs_root  # noqa: E402
from solver_case import SolverCase, kill_quietly  # noqa: E402


class HostCase(SolverCase):
    DEADLINE = 90

    def look(self, server, *more, code=0, server_port=9090):
        """The entries; those of a kind by self.of()."""
        self.known(server)
        done = self.cli('host', f'{server.target}:{server.port}', '-F', '/dev/null', '-i', server.identity, '--json',
                        '--server-port', server_port, *more)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.events = [check_line(line + '\n') for line in done.stdout.splitlines()]
        return self.events

    def of(self, kind, **fields):
        return [e for e in self.events if e['event'] == 'host-entry' and e['kind'] == kind
                and all(e[k] == v for k, v in fields.items())]

    def free(self):
        return [e['port'] for e in self.events if e['event'] == 'free-port'][0]

    def decoy(self, user=None):
        """A server.py that Fairlead did not start: (process, port)."""
        folder = self.tmp / 'decoy'
        folder.mkdir(exist_ok=True)
        (folder / 'server.py').write_bytes(DEMO.read_bytes())
        folder.chmod(0o777)
        port = fixture.free_port()
        process = subprocess.Popen(['python3', 'server.py', '--host', '127.0.0.1', '--port', str(port)], cwd=folder,
                                   user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + 20
        while socket.socket().connect_ex(('127.0.0.1', port)):
            self.assertLess(time.monotonic(), end, 'the decoy does not listen')
            time.sleep(0.02)
        return process, port


class Solvers(HostCase):
    def test_nothing(self):
        port = fixture.free_port()
        self.look(self.sshd(), server_port=port)
        self.assertEqual(self.of('solver'), [])
        self.assertEqual(self.free(), port)

    def test_ours_running_stopped_and_forgotten(self):
        server, port = self.sshd(), fixture.free_port()
        path = self.solver('it is mine')
        self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        self.look(server, server_port=port)
        entry, = self.of('solver')
        self.assertEqual((entry['port'], entry['pid'], entry['running'], entry['mine']), (port, pid, True, True))
        self.assertIn('started from ' + socket.gethostname(), entry['text'])
        self.assertIn('less than a minute', entry['text'])
        self.assertEqual(self.of('other-solver', pid=pid), [])
        self.assertEqual(len(self.of('port', port=port, pid=pid)), 1)
        self.assertEqual(self.free(), port + 1)

        self.look(server, '--forget', port, code=7)     # it runs
        self.assert_runs(path)
        self.look(server, '--stop', port)
        self.assert_ends(path)
        self.assertEqual(self.of('solver'), [])

    def test_ended_is_forgotten(self):
        server, port, path = self.sshd(), fixture.free_port(), self.solver()
        self.run_detached(server, path, server_port=port)
        os.kill(self.assert_runs(path), signal.SIGKILL)
        self.assert_ends(path)
        end = time.monotonic() + 20
        self.look(server)
        while 'code 137' not in self.of('solver')[0]['text']:     # until its supervisor has written it
            self.assertLess(time.monotonic(), end, self.events)
            self.look(server)
        self.assertFalse(self.of('solver')[0]['running'])
        self.look(server, '--stop', port, code=7)
        self.look(server, '--forget', port)
        self.assertEqual(self.of('solver'), [])
        self.assertEqual(list(server.home.rglob('record')), [])

    def test_after_a_reboot(self):
        server, port, path = self.sshd(), fixture.free_port(), self.solver()
        self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        record, = server.home.rglob('record')
        record.write_text(''.join('boot=0000\n' if line.startswith('boot=') else line
                                  for line in record.read_text().splitlines(keepends=True)))
        self.look(server)
        entry, = self.of('solver')
        self.assertFalse(entry['running'])
        self.assertIn('host was started again', entry['text'])
        self.look(server, '--stop', port, code=7)
        self.look(server, '--forget', port)
        self.assertEqual(self.assert_runs(path), pid)
        # Without its record it is just a process.
        self.assertEqual(len(self.of('other-solver', pid=pid, mine=True)), 1)
        kill_quietly(pid)

    def test_stop_leaves_a_decoy_alone(self):
        server, port, path = self.sshd(), fixture.free_port(), self.solver()
        decoy, decoy_port = self.decoy()
        self.run_detached(server, path, server_port=port)
        self.look(server)
        other, = self.of('other-solver', pid=decoy.pid)
        self.assertTrue(other['mine'])
        self.assertIn(f'--port {decoy_port}', other['text'])
        self.look(server, '--stop', decoy_port, code=7)
        self.look(server, '--stop', port)
        self.assert_ends(path)
        self.assertIsNone(decoy.poll())

    def test_editors_and_shells_are_no_solvers(self):
        server = self.sshd()
        with subprocess.Popen(['sh', '-c', 'sleep 60; : server.py ']) as process:
            self.addCleanup(process.kill)
            self.look(server)
            self.assertEqual(self.of('other-solver', pid=process.pid), [])
            process.kill()

    def test_plain(self):
        server = self.sshd()
        self.known(server)
        with socket.create_server(('127.0.0.1', 0)) as holder:
            port = holder.getsockname()[1]
            done = self.cli('host', f'{server.target}:{server.port}', '-F', '/dev/null', '-i', server.identity)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rf'(?m)^Ports in use$(\n  .*)*\n  {port}: {fixture.me()}; process {os.getpid()}: ')
        self.assertRegex(done.stdout, r'(?m)^Free port: \d+$')

    def test_usage(self):
        for options in (['--stop', 1, '--forget', 1], ['--stop', 70000], ['--server-port', -1]):
            self.assertEqual(self.cli('host', 'x@127.0.0.1', *options).returncode, 2)


@needs_root
class Others(HostCase):
    def test_of_another_account(self):
        """As an ordinary account on a host where root has a solver."""
        account = self.account()
        server = self.sshd(user=account.name)
        process, port = self.decoy()
        self.look(server, server_port=port)
        other, = self.of('other-solver', pid=process.pid)
        self.assertEqual((other['mine'], other['title']), (False, 'Of root'))
        entry, = self.of('port', port=port)
        self.assertEqual((entry['mine'], entry['pid']), (False, None))
        self.assertIn('root', entry['text'])
        self.assertGreater(self.free(), port)

    def test_records_of_another_account_are_not_ours(self):
        first, second = self.account(), self.account('dash')
        server = self.sshd(user=first.name)
        path, port = self.solver(account=first), fixture.free_port()
        self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        self.look(server)
        self.assertEqual([e['pid'] for e in self.of('solver')], [pid])
        other = self.sshd(user=second.name)
        self.look(other)
        self.assertEqual(self.of('solver'), [])
        self.assertEqual([e['title'] for e in self.of('other-solver', pid=pid)], [f'Of {first.name}'])
        self.look(other, '--stop', port, code=7)
        self.assertEqual(self.assert_runs(path), pid)

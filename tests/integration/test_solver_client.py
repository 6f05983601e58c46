# SPDX-License-Identifier: GPL-3.0-or-later
"""A running solver asked for things, scenes to it and files from it: fairlead-cli solver, upload and fetch."""

import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import CLI, fixture  # noqa: E402
from mounted_sshd import needs_mounts  # noqa: E402
from solver_case import SolverCase  # noqa: E402

MIB = 1 << 20

# What the large files are: 4 GiB in `tests/run --full`.
LARGE_MIB = int(os.environ.get('FAIRLEAD_TEST_TRANSFER_MIB', '256'))

# Resident memory at its highest, whatever the size: one piece, the channel's window and the program.
CLIENT_MEMORY_MIB, SOLVER_MEMORY_MIB = 96, 64


def peak_mib(pid):
    """The most that a process ever had resident (proc(5), VmHWM); 0 when it has ended."""
    found = re.search(r'VmHWM:\s+(\d+) kB', pathlib.Path(f'/proc/{pid}/status').read_text())
    return int(found[1]) // 1024 if found else 0


def make_file(path, size):
    """SIZE bytes that do not repeat; their SHA-256."""
    digest = hashlib.sha256()
    with open(path, 'wb') as out:
        while size > 0:
            piece = os.urandom(min(size, 4 * MIB))
            out.write(piece)
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def hash_of(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest() if hasattr(hashlib, 'file_digest') else \
            hash_pieces(file)


def hash_pieces(file):
    digest = hashlib.sha256()
    while piece := file.read(4 * MIB):
        digest.update(piece)
    return digest.hexdigest()


class ClientCase(SolverCase):
    DEADLINE = 60 + LARGE_MIB // 8

    def launch(self, **settings):
        """A solver that runs, left by a connection that has gone."""
        self.server, self.port = self.sshd(), fixture.free_port()
        self.path = self.solver(**settings)
        self.run_detached(self.server, self.path, server_port=self.port)
        self.pid = self.assert_runs(self.path)

    def options(self):
        return ['-F', '/dev/null', '-i', self.server.identity, '--remote-path', self.path, '--server-port', self.port,
                '--project', 'demo']

    def arguments_of(self, *command):
        """The command, its target in the place of '@'."""
        target = f'{self.server.target}:{self.server.port}'
        return [target if word == '@' else word for word in command] + self.options()

    def do(self, *command, code=0):
        """Run it with --json; its events."""
        result = self.cli(*self.arguments_of(*command), '--json', timeout=self.DEADLINE)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return events

    def begin(self, *command):
        return self.start_cli(*self.arguments_of(*command), '--json')

    def error_of(self, events):
        [error] = [e for e in events if e['event'] == 'error']
        return error

    def state(self):
        return [e for e in self.do('solver', 'status', '@') if e['event'] == 'solver'][0]

    def wait_for_state(self, state):
        while (seen := self.state())['state'] != state:
            time.sleep(0.1)
        return seen


class Requests(ClientCase):
    def test_a_solve_from_its_scene_to_its_end(self):
        self.launch(BUILD='0.5', FPS='20', FRAMES='400')
        scene = self.tmp / 'scene.pickle'
        make_file(scene, 1000)
        self.assertEqual(self.state()['state'], 'no-data')
        refused = self.error_of(self.do('solver', 'start', '@', code=7))
        self.assertIn('Cannot start in the state NO_DATA.', refused['message'])
        self.assertIn('Upload', refused['hint'])
        self.do('upload', '@', scene, '--path', '/projects/demo')
        self.assertEqual(self.state()['state'], 'no-build')
        building = self.do('solver', 'build', '@')
        self.assertEqual(building[0]['state'], 'building')
        self.wait_for_state('ready')
        busy = self.do('solver', 'start', '@')[0]
        self.assertEqual((busy['state'], busy['frames']), ('busy', 400))
        self.assertEqual(busy['gpu_memory_total'], 24 << 30)
        self.do('solver', 'save-and-quit', '@')
        self.wait_for_state('resumable')
        self.do('solver', 'resume', '@')
        self.do('solver', 'terminate', '@')
        self.assertEqual(self.error_of(self.do('solver', 'delete', '@', code=2))['kind'], 'usage')
        self.assertEqual(self.state()['state'], 'resumable')
        self.do('solver', 'delete', '@', '--yes')
        self.assertEqual(self.state()['state'], 'no-data')
        self.assertEqual(self.assert_runs(self.path), self.pid)

    def test_a_scene_that_cannot_be_built(self):
        self.launch(FAIL='build-fails', BUILD='0.2')
        scene = self.tmp / 'scene.pickle'
        make_file(scene, 10)
        self.do('upload', '@', scene, '--path', '/p')
        self.do('solver', 'build', '@')
        failed = self.wait_for_state('failed')
        self.assertEqual(failed['error'], 'The scene cannot be built.')
        self.assertEqual(len(failed['violations'].splitlines()), 3)
        said = self.cli(*self.arguments_of('solver', 'status', '@'))
        self.assertIn('12 triangles have no area.', said.stdout)
        self.assertIn('State: Failed', said.stdout)

    def test_no_solver_there(self):
        self.server, self.port = self.sshd(), fixture.free_port()
        self.path = self.solver()
        self.known(self.server)
        error = self.error_of(self.do('solver', 'status', '@', code=7))
        self.assertIn('No solver that Fairlead started runs there', error['message'])
        self.assertEqual(self.solvers(self.path), [])

    def test_a_protocol_that_came_later(self):
        self.launch(FAIL='new-protocol')
        seen = self.state()
        self.assertEqual(seen['protocol_version'], '0.99')
        self.assertIn('Update Fairlead', seen['version_note'])

    def test_usage(self):
        self.assertEqual(self.cli('solver', 'dance', 'host').returncode, 2)
        self.assertEqual(self.cli('upload', 'host', '/dev/null').returncode, 2)
        self.assertEqual(self.cli('solver', 'status', 'host', '--project', 'a b').returncode, 2)
        self.assertEqual(self.cli('fetch', 'host').returncode, 2)


class Transfers(ClientCase):
    def setUp(self):
        super().setUp()
        self.scene, self.saved = self.tmp / 'scene with spaces.pickle', self.tmp / 'saved'
        self.saved.mkdir()

    def upload(self, *more):
        return 'upload', '@', self.scene, '--path', '/p q', *more

    def fetch(self, name='data.pickle', *more):
        return 'fetch', '@', '/p q/data.pickle', self.saved / name, *more

    def test_large_files_arrive_equal_in_bounded_memory(self):
        self.launch()
        wanted = make_file(self.scene, LARGE_MIB * MIB)
        for command in self.upload(), self.fetch():
            cli = self.begin(*command)
            peak = 0
            while not cli.find('transfer', state='done'):
                cli.wait_for('transfer')
                peak = max(peak, peak_mib(cli.process.pid))
            self.end(cli, 0)
            done = cli.find('transfer', state='done')[0]
            self.assertEqual((done['done'], done['total']), (LARGE_MIB * MIB, LARGE_MIB * MIB))
            self.assertGreater(peak, 0)
            self.assertLess(peak, CLIENT_MEMORY_MIB, f'MiB that fairlead-cli had for {command[0]}')
            print(f'# {command[0]}: {LARGE_MIB} MiB, {peak} MiB resident, '
                  f'{max(e["rate"] for e in cli.find("transfer")) / 1e6:.0f} MB/s', file=sys.stderr)
            if command[0] == 'upload':
                self.scene.unlink()
        self.assertLess(peak_mib(self.pid), SOLVER_MEMORY_MIB, 'MiB that the solver had')
        self.assertEqual(hash_of(self.saved / 'data.pickle'), wanted)
        self.assertEqual([p.name for p in self.saved.iterdir()], ['data.pickle'])

    def cancel(self, cli):
        """At once: the command ends, and the solver sees its connection end."""
        while cli.wait_for('transfer', state='running')['done'] < 2 * MIB:
            pass
        began = time.monotonic()
        cli.signal(signal.SIGINT)
        self.end(cli, 128 + signal.SIGINT)
        self.assertLess(time.monotonic() - began, 5)
        self.assertTrue(cli.find('transfer', state='cancelled'))

    def test_cancel(self):
        self.launch(FAIL='slow')
        make_file(self.scene, 100 * MIB)
        self.cancel(self.begin(*self.upload()))
        # Nothing of it is left there ...
        data = self.path / 'data'
        while any(data.glob('*')):
            time.sleep(0.05)
        self.assertEqual(self.state()['state'], 'no-data')
        # ... nor here.
        self.planted(100)
        self.cancel(self.begin(*self.fetch()))
        self.assertEqual(list(self.saved.iterdir()), [])

    def planted(self, mib):
        """A file that the solver has already."""
        data = self.path / 'data'
        data.mkdir(exist_ok=True)
        name = hashlib.sha1(b'/p q/data.pickle').hexdigest()[:16]
        return make_file(data / name, mib * MIB)

    def test_connection_lost_in_the_middle(self):
        self.launch(FAIL='slow')
        self.planted(100)
        make_file(self.scene, 100 * MIB)
        for command in self.upload(), self.fetch():
            with self.subTest(command[0]):
                cli = self.begin(*command)
                while cli.wait_for('transfer', state='running')['done'] < 2 * MIB:
                    pass
                self.server.kill_connections()
                error = self.end(cli, 4, 'network')
                self.assertIn('The connection was lost after', error['message'], cli.events)
        self.assertEqual(list(self.saved.iterdir()), [])

    def test_no_half_file_and_none_lost(self):
        self.launch()
        self.planted(3)
        (self.saved / 'data.pickle').write_text('mine')
        error = self.error_of(self.do(*self.fetch(), code=3))
        self.assertIn('already', error['message'])
        self.assertEqual((self.saved / 'data.pickle').read_text(), 'mine')
        self.do(*self.fetch('data.pickle', '--replace'))
        self.assertEqual((self.saved / 'data.pickle').stat().st_size, 3 * MIB)

    def test_disk_of_the_host_is_full(self):
        self.launch(FAIL='disk-full')
        make_file(self.scene, 30 * MIB)
        error = self.error_of(self.do(*self.upload(), code=7))
        self.assertIn('No space left on device', error['message'])
        self.assertIn('The disk of the host is full', error['hint'])

    @needs_mounts
    def test_disk_here_is_full(self):
        self.launch()
        self.planted(30)
        # A disk of 8 MiB, in a mount namespace of this command alone.
        command = [str(CLI), *map(str, self.arguments_of(*self.fetch())), '--json']
        result = subprocess.run(
            ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=8m none "$0" && "$@"; code=$?; ls -A "$0"; exit $code',
             str(self.saved), *command], env=self.client_environ(), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=30, check=False)
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        error = self.error_of([json.loads(line) for line in result.stdout.splitlines() if line.startswith('{')])
        self.assertIn('There is not enough space', error['message'])
        # The folder was listed after it: nothing is there.
        self.assertTrue(result.stdout.splitlines()[-1].startswith('{'), result.stdout)

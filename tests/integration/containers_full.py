# SPDX-License-Identifier: GPL-3.0-or-later
"""The solver in a container: the rest of what there is, and all that can be wrong with one. For tests/run --full."""

import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from container_case import INSIDE, PORT, ContainerCase  # noqa: E402
from fairlead_test import DEMO, Sshd, fixture  # noqa: E402


class Journey(ContainerCase):
    def test_records_and_logs_are_in_the_container(self):
        self.box()
        self.detached()
        self.assertIn('listening on', self.containers.shell('box', f'cat {INSIDE}/server.log'))
        self.assertIn('record', self.containers.shell('box', 'find /root/.local/state/fairlead 2>/dev/null || '
                                                             'ls -R /root/.local/state/fairlead'))
        self.assertFalse((self.server.home / 'state').exists())

    def decoys(self):
        return [*self.solvers('other'), *(p for p, line in self.containers.processes('box') if '9999' in line)]

    def test_stop(self):
        """Ours alone: neither the same port of another container, nor a process of the host or of the container."""
        self.box()
        self.box('other', publish=False)
        self.containers.shell('other', f'cd {INSIDE} && setsid python3 server.py --host 0.0.0.0 --port {PORT} '
                                       '>/dev/null 2>&1 </dev/null &')
        self.containers.shell('box', 'mkdir /work/decoy && cp /work/solver/server.py /work/decoy && cd /work/decoy && '
                                     'setsid python3 server.py --host 0.0.0.0 --port 9999 >/dev/null 2>&1 </dev/null &')
        here = subprocess.Popen([sys.executable, DEMO, '--host', '127.0.0.1', '--port', str(fixture.free_port())],
                                cwd=self.solver('of the host'), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(here.wait)
        self.addCleanup(here.kill)
        self.wait_until(lambda: len(self.decoys()) == 2, 'the decoys do not run')
        before = self.decoys()
        cli = self.open('--stop-on-exit')
        cli.wait_for_tunnel()
        cli.signal(signal.SIGINT)
        self.end(cli, 0)
        self.assertEqual(self.decoys(), before)
        self.assertIsNone(here.poll())
        self.assertEqual([p for p in self.solvers('box') if p not in before], [])

    def test_host_network(self):
        self.box('box', '--network', 'host', publish=False)
        cli = self.detached()
        self.assertEqual(cli.find('step', step='check-exposure', state='done')[0]['detail'], f'127.0.0.1:{PORT}')
        command = [line for _, line in self.containers.processes('box') if 'server.py' in line][-1]
        self.assertIn(f'--host 127.0.0.1 --port {PORT}', command)

    def test_another_containers_network(self):
        self.box('first')
        self.box('box', '--network', 'container:first', publish=False)
        self.detached()
        self.assertEqual(len(self.solvers('box')), 1)

    def test_by_id(self):
        made = self.box()
        self.detached(name=made[:12])
        self.assertEqual(len(self.solvers('box')), 1)


class Podman(ContainerCase):
    ENGINES = ('podman',)

    def test_journey(self):
        self.box()
        self.detached()
        self.assertEqual(len(self.solvers('box')), 1)


class Both(ContainerCase):
    """A docker that may not be used, and the container in podman."""

    def test_the_other_engine_has_it(self):
        self.containers.install('docker', '#!/bin/sh\necho "Cannot connect to the Docker daemon at '
                                          'unix:///var/run/docker.sock. Is the docker daemon running?" >&2\nexit 1\n')
        self.containers.install('podman')
        self.box()
        self.detached()


class Starting(ContainerCase):
    def test_not_published_is_not_started(self):
        self.box(how='create', publish=False)
        self.fails()
        self.assertNotEqual(self.containers.state('box'), 'running')

    def test_ends_at_once(self):
        self.box(how='create', command=('true',))
        self.assertIn('ends as soon as it is started', self.fails()['message'])

    def test_its_port_is_taken(self):
        self.box('first')
        self.box(how='create')
        error = self.fails()
        self.assertIn('Container “box” on 127.0.0.1 could not be started', error['message'])
        self.assertTrue(error['hint'])

    def test_paused(self):
        self.box()
        self.containers.engine('pause', 'box')
        error = self.fails()
        self.assertIn('is paused', error['message'])
        self.assertIn('docker unpause box', error['hint'])
        self.containers.engine('unpause', 'box')


class Refused(ContainerCase):
    def test_published_for_the_network(self):
        self.box('box', '-p', f'{self.host_port}:{PORT}', publish=False)
        error = self.fails()
        self.assertIn(f'is published on 0.0.0.0:{self.host_port}', error['message'])
        self.assertIn(f"'-p 127.0.0.1:{self.host_port}:{PORT}'", error['hint'])
        self.assertEqual(self.solvers('box'), [])

    def test_exposed_by_another_port_of_the_solver(self):
        """What runs is judged by all that it listens on: the launch command may open another port."""
        other = fixture.free_port()
        program = self.tmp / 'two-ports.py'
        program.write_text('import os, socket, sys\n'
                           'listener = socket.create_server(("0.0.0.0", 8080))\n'
                           'os.set_inheritable(listener.fileno(), True)\n'
                           'os.execv(sys.executable, [sys.executable, "demo.py", *sys.argv[1:]])\n')
        self.box('box', '-p', f'{other}:8080', program=program)
        self.containers.put('box', DEMO, f'{INSIDE}/demo.py')
        error = self.fails()
        self.assertIn(f'0.0.0.0:{other}', error['message'])

    def test_no_such_container(self):
        self.box('there')
        error = self.fails()
        self.assertIn('There is no container “box”', error['message'])
        self.assertIn('There are: there.', error['hint'])

    def test_no_path(self):
        self.box()
        self.assertIn('/work/nothing/server.py', self.fails(path='/work/nothing')['message'])

    def test_names_that_are_none(self):
        for name in ('--privileged', '-it', 'a b', "x'; touch /tmp/x; '", '$(id)'):
            with self.subTest(name):
                cli = self.open('--detach', name=name)
                self.end(cli, 2, 'usage')

    def test_none_chosen(self):
        self.box('there')
        error = self.fails(name='', kind='config')
        self.assertIn('does not say in which container', error['message'])
        self.assertIn('There are: there.', error['hint'])

    def test_no_shell(self):
        self.box('box', python=False)
        self.containers.shell('box', 'rm /bin/sh')
        self.assertIn('There is no shell (sh) in container “box”', self.fails()['message'])

    def test_no_home_that_can_be_written(self):
        self.box('box', '--read-only', '--tmpfs', '/work:mode=1777', python=True)
        error = self.fails()
        self.assertIn('The record of the solver cannot be written', error['message'])

    def test_as_another_user_without_home(self):
        self.box('box', '--user', '1000', '--env', 'HOME=')
        self.containers.engine('exec', '--user', '0', 'box', 'sh', '-c', 'busybox chown -R 1000 /work')
        self.detached()
        self.assertEqual(len(self.solvers('box')), 1)


class WithoutEngines(Sshd):
    """One whose machine has neither engine: devices stand where they are."""

    def command(self):
        engines = [path for name in ('docker', 'podman') for folder in ('/usr/bin', '/usr/local/bin')
                   if os.path.exists(path := f'{folder}/{name}')]
        hide = 'while [ "$1" != -- ]; do mount --bind /dev/null "$1" || exit 1; shift; done; shift; exec "$@"'
        return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', hide, 'sh', *engines, '--',
                *super().command()]


class NoEngine(ContainerCase):
    ENGINES = ()

    def test_none(self):
        self.server = self.enter(WithoutEngines(self.tmp / 'bare'))
        error = self.fails()
        self.assertEqual(error['message'], 'Neither docker nor podman is installed on 127.0.0.1.')

    def test_no_permission(self):
        self.containers.install('docker', '#!/bin/sh\necho "permission denied while trying to connect to the Docker daemon '
                                          'socket at unix:///var/run/docker.sock" >&2\nexit 1\n')
        self.containers.install('podman', '#!/bin/sh\necho "Error: no such container $5" >&2\nexit 125\n')
        error = self.fails()
        self.assertEqual(error['message'], 'Your account on 127.0.0.1 may not use docker.')
        self.assertIn('group “docker”', error['hint'])

    def test_does_not_run(self):
        self.containers.install('docker', '#!/bin/sh\necho "Cannot connect to the Docker daemon at '
                                          'unix:///var/run/docker.sock. Is the docker daemon running?" >&2\nexit 1\n')
        self.containers.install('podman', '#!/bin/sh\nexit 127\n')
        self.assertEqual(self.fails()['message'], 'docker is installed on 127.0.0.1, but does not run.')


class Middle(ContainerCase):
    """A container that goes away while its solver is used."""

    def setUp(self):
        super().setUp()
        self.box()
        self.cli = self.open()
        self.cli.wait_for('tunnel', health='reached')

    def after(self, *command):
        self.containers.engine(*command)
        return self.cli.wait_for('error')

    def test_stopped(self):
        error = self.after('stop', '--time', '0', 'box')
        self.assertIn('Container “box” on 127.0.0.1 does not run any more', error['message'])
        self.end(self.cli, 7)

    def test_removed(self):
        error = self.after('rm', '--force', '--time', '0', 'box')
        self.assertIn('Container “box” on 127.0.0.1 was removed', error['message'])

    def test_restarted(self):
        error = self.after('restart', '--time', '0', 'box')
        self.assertIn('Container “box” on 127.0.0.1 was restarted', error['message'])

    def test_solver_ends(self):
        os.kill(self.solvers('box')[0], signal.SIGKILL)
        self.assertIn('ended', self.cli.wait_for('error')['message'])
        self.assertEqual(self.containers.state('box'), 'running')


class Leftovers(ContainerCase):
    """What a follower leaves in the container when its connection dies: nothing."""

    def test_killed_client(self):
        self.box()
        cli = self.open()
        cli.wait_for('tunnel', health='reached')
        self.assertNotEqual(self.others(), [])
        cli.process.kill()
        self.wait_until(lambda: not self.others(), lambda: f'left: {self.others()}')
        self.assertEqual(self.zombies(), [])
        self.assertEqual(len(self.solvers('box')), 1)

    def test_reconnected(self):
        self.box()
        cli = self.open()
        cli.wait_for('tunnel', health='reached')
        pid, = self.solvers('box')
        self.server.kill_connections()
        cli.wait_for('link', state='backoff')
        cli.wait_for('tunnel', health='reached')
        self.assertEqual(self.solvers('box'), [pid])

    def test_stopped_while_away(self):
        self.box()
        cli = self.open()
        cli.wait_for('tunnel', health='reached')
        self.server.stop()
        cli.wait_for('link', state='backoff')
        self.containers.engine('stop', '--time', '0', 'box')
        self.server.start()
        error = cli.wait_for('error')
        self.assertIn('does not run any more', error['message'])
        self.assertNotEqual(self.containers.state('box'), 'running')

# SPDX-License-Identifier: GPL-3.0-or-later
"""The solver in a container, by Podman as the remote's docker: the way there and back. What can be wrong with one is in
containers_full.py."""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from container_case import PORT, ContainerCase  # noqa: E402


class Containers(ContainerCase):
    def test_published_on_another_port(self):
        self.box()
        cli = self.open()
        address = cli.wait_for_tunnel()
        cli.wait_for('tunnel', health='reached')
        step = cli.find('step', step='prepare', state='done')
        self.assertEqual([s['detail'] for s in step], [f'box, port {PORT} on 127.0.0.1:{self.host_port}'])
        self.assertEqual(cli.find('step', step='check-exposure', state='done')[0]['detail'],
                         f'127.0.0.1:{self.host_port}')
        self.assertNotEqual(address[1], 0)
        command = [line for _, line in self.containers.processes('box') if 'server.py' in line][-1]
        self.assertIn(f'--host 0.0.0.0 --port {PORT}', command)
        self.assertEqual(len(self.solvers('box')), 1)
        cli.signal(signal.SIGTERM)
        self.end(cli, 0)
        self.assertEqual(len(self.solvers('box')), 1)

    def test_found_again(self):
        self.box()
        self.detached()
        pid, = self.solvers('box')
        cli = self.detached()
        self.assertEqual(self.solvers('box'), [pid])
        self.assertTrue(cli.find('server', state='ready', adopted=True))

    def test_stopped(self):
        self.box(how='create')
        cli = self.detached()
        self.assertEqual(cli.find('step', step='prepare', state='done')[0]['detail'],
                         f'box, started, port {PORT} on 127.0.0.1:{self.host_port}')
        self.assertEqual(self.containers.state('box'), 'running')

    def test_not_published(self):
        self.box(publish=False)
        error = self.fails()
        self.assertEqual(error['message'], "Docker port 9090 is not exposed on container 'box'. Please expose the port "
                                           "with '-p 9090:9090' when starting the container.")
        self.assertIn("'-p 127.0.0.1:9090:9090'", error['hint'])
        self.assertIn('docker run -d --name box -p 127.0.0.1:9090:9090', error['details'])
        self.assertEqual(self.solvers('box'), [])

    def test_killed_connection(self):
        self.box()
        cli = self.open('--no-reconnect')
        cli.wait_for('tunnel', health='reached')
        self.server.kill_connections()
        self.end(cli, 4)
        self.wait_until(lambda: not self.others(), 'something is left in the container')
        self.assertEqual(self.zombies(), [])

# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalForward of the configuration: data through it, a port that is taken, GatewayPorts, an “ssh -L” line."""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture  # noqa: E402
from solver_case import SolverCase, listeners  # noqa: E402


class Forwards(SolverCase):
    def config(self, text):
        """The last -F counts."""
        path = self.tmp / 'forwards_config'
        path.write_text(text)
        return '-F', path

    def destination(self):
        """A server of the remote that greets; its port."""
        listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)
        self.listener = listener
        return listener.getsockname()[1]

    def assert_leads(self, port):
        """From here to the destination and back."""
        with socket.create_connection(('127.0.0.1', port), timeout=30) as client:
            client.sendall(b'ask')
            client.shutdown(socket.SHUT_WR)
            self.listener.settimeout(30)
            server, _ = self.listener.accept()
            with server:
                self.assertEqual(server.recv(100), b'ask')
                self.assertEqual(server.recv(100), b'')
                server.sendall(b'answer')
            self.assertEqual(client.recv(100), b'answer')

    def test_data_goes_through(self):
        port, to = fixture.free_port(), self.destination()
        cli = self.connect(self.sshd(), self.solver(),
                           *self.config(f'LocalForward {port} 127.0.0.1:{to}\n'))
        event = cli.wait_for('forward')
        self.assertEqual((event['local'], event['remote']), (f'127.0.0.1:{port}', f'127.0.0.1:{to}'))
        self.assertEqual((event['kind'], event['state'], event['health'], event['origin']),
                         ('local', 'open', 'listener-only', 'config'))
        cli.wait_for_tunnel()
        self.assertEqual(listeners(port), ['0100007F'])
        self.assert_leads(port)

    def test_whatever_becomes_of_the_solver(self):
        port, to = fixture.free_port(), self.destination()
        cli = self.connect(self.sshd(), self.solver(FAIL='never-ready'),
                           *self.config(f'LocalForward {port} 127.0.0.1:{to}\n'))
        cli.wait_for('server', state='waiting')
        self.assert_leads(port)

    def test_a_taken_port_is_said(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            taken = holder.getsockname()[1]
            cli = self.connect(self.sshd(), self.solver(),
                               *self.config(f'LocalForward {taken} localhost:80\n'))
            cli.wait_for_tunnel()
            said = [e['text'] for e in cli.find('log', level='warning')]
            self.assertTrue(any(f'127.0.0.1:{taken}' in text and 'forwards_config:1' in text
                                for text in said), said)
            event, = cli.find('forward')
            self.assertEqual((event['state'], event['health']), ('failed', 'closed'))
            self.assertIn(str(taken), event['error'])
            self.assertIn('forwards_config:1', event['source'])

    def test_a_taken_port_with_exit_on_forward_failure(self):
        path = self.solver()
        with socket.create_server(('127.0.0.1', 0)) as holder:
            taken = holder.getsockname()[1]
            cli = self.connect(self.sshd(), path,
                               *self.config(f'LocalForward {taken} localhost:80\n'
                                            'ExitOnForwardFailure yes\n'))
            error = self.end(cli, 4, 'network')
        self.assertIn(f'127.0.0.1:{taken}', error['message'])
        self.assertIn('ExitOnForwardFailure', error['hint'])
        self.assertEqual(self.solvers(path), [])

    def test_gateway_ports(self):
        port, to = fixture.free_port(), self.destination()
        cli = self.connect(self.sshd(), self.solver(),
                           *self.config(f'LocalForward {port} 127.0.0.1:{to}\nGatewayPorts yes\n'))
        self.assertEqual(cli.wait_for('forward')['local'], f'*:{port}')
        cli.wait_for_tunnel()
        self.assertIn(listeners(port), (['0' * 32], ['0' * 8]))
        self.assert_leads(port)

    def test_a_typed_line_stays_on_the_loopback(self):
        port, to, server = fixture.free_port(), self.destination(), self.sshd()
        line = f"ssh -p {server.port} -L '*:{port}:127.0.0.1:{to}' {server.target}"
        cli = self.connect(server, self.solver(), target=line)
        self.assertEqual(cli.wait_for('forward')['local'], f'127.0.0.1:{port}')
        cli.wait_for_tunnel()
        self.assertEqual(listeners(port), ['0100007F'])
        self.assert_leads(port)

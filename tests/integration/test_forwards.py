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
            self.assertTrue(any(str(taken) in text and 'forwards_config:1' in text
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
        self.assertIn(str(taken), error['message'])
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

    def test_options(self):
        """-L and -D of our own: the person's word, so that they may be wide; -L to and from sockets."""
        port, wide, socks, to = fixture.free_port(), fixture.free_port(), fixture.free_port(), self.destination()
        path = self.tmp / 'here.sock'
        cli = self.connect(self.sshd(), self.solver(), '-L', f'{port}:127.0.0.1:{to}', '-L', f'*:{wide}:127.0.0.1:{to}',
                           '-L', f'{path}:127.0.0.1:{to}', '-D', str(socks), '--traffic')
        cli.wait_for_tunnel()
        events = {event['local']: event for event in cli.find('forward', state='open')}
        self.assertEqual(set(events), {f'127.0.0.1:{port}', f'*:{wide}', str(path), f'127.0.0.1:{socks}'})
        self.assertEqual((events[str(path)]['local_port'], events[f'127.0.0.1:{socks}']['remote']), (None, None))
        self.assert_leads(port)
        self.assert_leads(wide)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            self.assertEqual(self.listener.accept()[0].close(), None)
        with socket.create_connection(('127.0.0.1', socks), timeout=30) as client:
            client.sendall(b'\5\1\0')
            self.assertEqual(client.recv(2, socket.MSG_WAITALL), b'\5\0')
            client.sendall(b'\5\1\0\1\x7f\0\0\1' + to.to_bytes(2, 'big'))
            self.assertEqual(client.recv(2, socket.MSG_WAITALL), b'\5\0')
            self.listener.accept()[0].close()
        for local in events:
            if not cli.find('forward', local=local, health='reached'):
                cli.wait_for('forward', local=local, health='reached')
        if not cli.find('counters', local=f'127.0.0.1:{port}'):
            cli.wait_for('counters', local=f'127.0.0.1:{port}')
        counters = cli.find('counters', local=f'127.0.0.1:{port}')[-1]
        self.assertEqual((counters['kind'], counters['origin'], counters['reached'], counters['failed'],
                          counters['received'], counters['sent']), ('local', 'config', 1, 0, 6, 3))

    def test_a_wrong_option(self):
        cli = self.start_cli('connect', '--json', '--remote-path', '/x', '-L', '8080:localhost', 'gpu01')
        self.end(cli, 2, 'usage')

    def test_nobody_there(self):
        port = fixture.free_port()
        cli = self.connect(self.sshd(), self.solver(), '-L', f'{port}:127.0.0.1:{fixture.free_port()}')
        cli.wait_for_tunnel()
        with socket.create_connection(('127.0.0.1', port), timeout=30) as client:
            client.settimeout(30)
            try:
                self.assertEqual(client.recv(1), b'')
            except ConnectionResetError:
                pass
        cli.wait_for('forward', health='no-answer')

    def test_a_typed_reverse_waits_for_a_word(self):
        server = self.sshd()
        line = f"ssh -p {server.port} -R 0:127.0.0.1:9 {server.target}"
        cli = self.connect(server, self.solver(), target=line)
        event = cli.wait_for('forward')
        self.assertEqual((event['kind'], event['state'], event['origin']), ('remote', 'failed', 'config'))
        cli.wait_for_tunnel()

    def test_over_a_lost_connection(self):
        """The same port, whose clients wait meanwhile; the counters go on."""
        port, to, server = fixture.free_port(), self.destination(), self.sshd()
        cli = self.connect(server, self.solver(), '-L', f'{port}:127.0.0.1:{to}', '--traffic')
        cli.wait_for_tunnel()
        self.assert_leads(port)
        server.kill_connections()
        cli.wait_for('forward', state='waiting')
        with socket.create_connection(('127.0.0.1', port), timeout=30) as client:
            client.sendall(b'waited')
            cli.wait_for('forward', state='open')
            taken, _ = self.listener.accept()
            with taken:
                self.assertEqual(taken.recv(100), b'waited')
        self.assert_leads(port)
        while cli.wait_for('counters', local=f'127.0.0.1:{port}')['reached'] < 3:
            pass
        self.assertEqual(cli.events[-1]['sent'], 3 + len(b'waited') + 3)

    def test_reverse(self):
        """-R of our own, also on a port that the host chooses; there again after a lost connection."""
        port, to, server = fixture.free_port(), self.destination(), self.sshd()
        cli = self.connect(server, self.solver(), '-R', f'{port}:127.0.0.1:{to}', '-R', f'0:127.0.0.1:{to}')
        cli.wait_for_tunnel()
        first, second = cli.find('forward', state='open')
        self.assertEqual({first['kind'], second['kind']}, {'remote'})
        chosen, = {first['local_port'], second['local_port']} - {port}
        self.assert_leads(port)
        self.assert_leads(chosen)
        server.kill_connections()
        cli.wait_for('forward', state='waiting')
        cli.wait_for_tunnel()
        self.assert_leads(port)
        self.assert_leads(chosen)
        if not cli.find('forward', local_port=port, health='reached'):
            cli.wait_for('forward', local_port=port, health='reached')

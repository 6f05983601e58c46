# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel: many connections at once, the half-close, its port, and hosts that allow little."""

import os
import pathlib
import resource
import socket
import struct
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
import echo_solver  # noqa: E402
from fairlead_test import LIB, fixture  # noqa: E402
from solver_case import SolverCase, listeners  # noqa: E402


class Tunnel(SolverCase):
    def ask(self, address, request):
        """The whole answer to a request that ends with the half-close."""
        with socket.create_connection(address, timeout=50) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = bytearray()
            while data := connection.recv(1 << 16):
                answer += data
        return bytes(answer)

    def test_200_half_closing_connections_at_once(self):
        cli = self.connect(self.sshd(), self.solver(program=LIB / 'echo_solver.py'))
        address = cli.wait_for_tunnel()
        start, wrong = threading.Barrier(200), []

        def one(number):
            request = struct.pack('>I', number) + os.urandom(3000 + number)
            start.wait()
            try:
                answer = self.ask(address, request)
                if answer != request * echo_solver.REPEAT:
                    wrong.append(f'{number}: {len(answer)} bytes of {len(request) * echo_solver.REPEAT}')
            except OSError as error:
                wrong.append(f'{number}: {error}')

        threads = [threading.Thread(target=one, args=(n,)) for n in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_more_connections_than_descriptors_at_first(self):
        """A desktop session grants 1024, and a program may give itself more (getrlimit(2))."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        arguments = self.arguments(self.sshd(), self.solver(program=LIB / 'echo_solver.py'))
        cli = self.start_cli(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                                               (64, hard)))
        address = cli.wait_for_tunnel()
        for _ in range(200):
            connection = self.enter(socket.create_connection(address, timeout=30))
            connection.sendall(b'TCMD' + struct.pack('>I', 2) + b'{}')
            self.assertIn(b'protocol_version', connection.recv(1000))

    def test_a_large_answer_with_half_close(self):
        cli = self.connect(self.sshd(), self.solver(program=LIB / 'echo_solver.py'))
        request = os.urandom(1 << 20)
        self.assertEqual(self.ask(cli.wait_for_tunnel(), request), request * echo_solver.REPEAT)

    def test_a_client_that_breaks_off_harms_no_other(self):
        cli = self.connect(self.sshd(), self.solver(program=LIB / 'echo_solver.py'))
        address = cli.wait_for_tunnel()
        for _ in range(20):
            with socket.create_connection(address) as broken:
                broken.sendall(b'x' * 100000)
                broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.assertEqual(self.ask(address, b'hello'), b'hello' * echo_solver.REPEAT)

    def test_listens_on_the_loopback_alone(self):
        cli = self.connect(self.sshd(), self.solver())
        _, port = cli.wait_for_tunnel()
        self.assertEqual(listeners(port), ['0100007F'])

    def test_the_port_that_was_asked_for(self):
        port = fixture.free_port()
        cli = self.connect(self.sshd(), self.solver(), '--local-port', port)
        self.assertEqual(cli.wait_for_tunnel()[1], port)
        self.assertEqual(cli.wait_for('tunnel', health='reached')['local_port'], port)

    def test_another_port_when_that_one_is_taken(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            taken = holder.getsockname()[1]
            cli = self.connect(self.sshd(), self.solver(), '--local-port', taken)
            port = cli.wait_for_tunnel()[1]
            self.assertNotEqual(port, taken)
            cli.wait_for('tunnel', health='reached')

    def test_no_listener_before_the_solver_is_ready(self):
        port = fixture.free_port()
        cli = self.connect(self.sshd(), self.solver(FAIL='never-ready'), '--local-port', port)
        cli.wait_for('server', state='waiting')
        self.assertEqual(listeners(port), [])


class NarrowHosts(SolverCase):
    def test_no_forwarding(self):
        server = self.sshd(options={'AllowTcpForwarding': 'no'})
        path = self.solver()
        cli = self.connect(server, path)
        error = self.end(cli, 7, 'remote')
        self.assertIn('AllowTcpForwarding', error['message'] + str(error['hint']))
        self.assertEqual(self.solvers(path), [])

    def test_one_session_at_a_time(self):
        path = self.solver()
        self.run_detached(self.sshd(options={'MaxSessions': 1}), path)
        self.assert_runs(path)

    def test_no_sessions(self):
        cli = self.connect(self.sshd(options={'MaxSessions': 0}), self.solver())
        self.end(cli, 7, 'remote')

    def test_forced_command(self):
        cli = self.connect(self.sshd(options={'ForceCommand': 'echo this is another service'}),
                           self.solver())
        self.end(cli, 7, 'remote')

    def test_banner(self):
        banner = self.tmp / 'banner'
        banner.write_text('Authorised users only.\n')
        path = self.solver()
        self.run_detached(self.sshd(options={'Banner': banner}), path)
        self.assert_runs(path)

    def test_many_host_keys(self):
        path = self.solver()
        self.run_detached(self.sshd(host_keys=['rsa', 'ecdsa', 'ed25519']), path)
        self.assert_runs(path)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job through other people's SSH servers, and through what such servers leave out.

What each session does (streams, signals, 64 MiB both ways, 200 half-closing connections at once) runs
against the same servers in C: meson.build.
"""

import concurrent.futures
import os
import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
import echo_solver  # noqa: E402
import servers  # noqa: E402
from fairlead_test import LIB, Account, Sshd, fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402

TUNNELS = 8
REQUEST = 300_000


def ask(address, request):
    """The whole answer to a request that ends with the half-close."""
    with socket.create_connection(address, timeout=50) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = bytearray()
        while data := connection.recv(1 << 16):
            answer += data
    return bytes(answer)


class InteropCase(SolverCase):
    DEADLINE = 120

    def server(self, kind, **arguments):
        """A running server of that kind; skips the test where it cannot be had."""
        account = None
        if kind is not Sshd:
            lacking = kind.lacking() or (kind.NEEDS_ROOT and not fixture.is_root() and 'needs root')
            if lacking:
                self.skipTest(lacking)
            if kind.NEEDS_ROOT:
                homes = self.enter(tempfile.TemporaryDirectory(prefix='fairlead-homes-', dir=kind.PLACE))
                os.chmod(homes, 0o755)
                account = self.enter(Account(homes, 'dash'))
        server = self.enter(kind(self.tmp / 'server', user=account and account.name, **arguments))
        server.account = account
        return server

    def tunnel(self, server, *more, **how):
        """Start an echoing solver over SERVER, and carry data to it and back, several at once."""
        path = self.solver(account=server.account, program=LIB / 'echo_solver.py')
        cli = self.connect(server, path, *more, **how)
        address = cli.wait_for_tunnel()
        requests = [os.urandom(REQUEST + i) for i in range(TUNNELS)]
        with concurrent.futures.ThreadPoolExecutor(TUNNELS) as pool:
            answers = list(pool.map(lambda request: ask(address, request), requests))
        for request, answer in zip(requests, answers):
            self.assertTrue(answer == request * echo_solver.REPEAT,
                            f'{len(answer)} bytes of {len(request) * echo_solver.REPEAT}')
        return cli

    def first_contact(self, kind, host_key):
        """The whole job where the host is not known yet: asked once, saved, and known the next time."""
        server = self.server(kind, host_keys=[host_key])
        path = self.solver(account=server.account)
        port = fixture.free_port()
        environ = self.askpass('yes')
        self.run_detached(server, path, known=False, environ=environ, server_port=port)
        self.assertEqual(len(self.asked()), 1)
        self.assertIn(server.fingerprints()[0], self.asked()[0])
        pid = self.assert_runs(path)
        again = self.run_detached(server, path, known=False, environ=environ, server_port=port)
        self.assertTrue(again.find('server', state='ready', adopted=True))
        self.assertEqual(self.assert_runs(path), pid)
        self.assertEqual(len(self.asked()), 1)

    def connect_through(self, hop, final, path, *more):
        """Start the job on FINAL, with HOP as its jump host."""
        known = self.client_home() / '.ssh' / 'known_hosts'
        known.write_text(''.join(hop.known_hosts_lines() + final.known_hosts_lines()))
        config = self.tmp / 'config'
        config.write_text(''.join(
            f'Host {name}\n  HostName 127.0.0.1\n  Port {server.port}\n  User {server.user}\n'
            f'  IdentityFile {server.identity}\n' for name, server in (('hop', hop), ('final', final)))
            + 'Host final\n  ProxyJump hop\n')
        return self.start_cli('connect', 'final', '--json', '-F', config, '--remote-path', path,
                              '--server-port', fixture.free_port(), *more)

    def as_jump_host(self, kind):
        """The whole job on OpenSSH, on the other side of this server."""
        path = self.solver()
        self.end(self.connect_through(self.server(kind), self.sshd(host_keys=['ecdsa']), path, '--detach'), 0)
        self.assert_runs(path)

    def wrong_host_key(self, kind):
        """Another key is known: nothing is sent that names the user."""
        server = self.server(kind)
        other = fixture.shared_keys().get('ed25519', name='other-host').with_suffix('.pub')
        known = self.client_home() / '.ssh' / 'known_hosts'
        known.write_text(f'[127.0.0.1]:{server.port} {other.read_text()}')
        self.end(self.connect(server, '/nonexistent', known=False), 5, 'host-key')
        self.assertNotIn(server.user, server.log())

    def refused_key(self, kind):
        server = self.server(kind)
        key = fixture.shared_keys().get('ed25519', name='stranger')
        error = self.end(self.connect(server, '/nonexistent', key=key), 6, 'auth')
        self.assertIn(fixture.fingerprint(f'{key}.pub'), error['details'])

    def no_forwarding(self, kind, **arguments):
        """Said before anything is started."""
        server = self.server(kind, **arguments)
        path = self.solver(account=server.account)
        error = self.end(self.connect(server, path), 7, 'remote')
        self.assertEqual(self.solvers(path), [])
        return error


class OpenSsh(InteropCase):
    def test_ciphers(self):
        for cipher in ('chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr'):
            with self.subTest(cipher):
                server = self.server(Sshd, options={'Ciphers': cipher})
                self.run_detached(server, self.solver(cipher))

    def test_macs(self):
        for mac in ('hmac-sha2-512', 'hmac-sha2-256', 'hmac-sha2-512-etm@openssh.com'):
            with self.subTest(mac):
                server = self.server(Sshd, options={'Ciphers': 'aes128-ctr', 'MACs': mac})
                self.run_detached(server, self.solver(mac))

    def test_key_exchanges(self):
        for kex in ('curve25519-sha256', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp521',
                    'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512',
                    'diffie-hellman-group-exchange-sha256'):
            with self.subTest(kex):
                server = self.server(Sshd, options={'KexAlgorithms': kex})
                self.run_detached(server, self.solver(kex))

    def test_only_what_is_no_longer_safe(self):
        server = self.server(Sshd, options={'KexAlgorithms': 'diffie-hellman-group14-sha1'})
        error = self.end(self.connect(server, '/nonexistent'), 4, 'network')
        self.assertIn('no longer safe', error['hint'])

    def test_no_forwarding(self):
        error = self.no_forwarding(Sshd, options={'AllowTcpForwarding': 'no'})
        self.assertIn('AllowTcpForwarding', error['hint'])


class Dropbear(InteropCase):
    KIND = servers.Dropbear

    def test_ed25519_host_key(self):
        self.first_contact(self.KIND, 'ed25519')

    def test_ecdsa_host_key(self):
        self.first_contact(self.KIND, 'ecdsa')

    def test_rsa_host_key(self):
        self.first_contact(self.KIND, 'rsa')

    def test_tunnel(self):
        self.tunnel(self.server(self.KIND))

    def test_wide_window(self):
        self.tunnel(self.server(self.KIND, options={'-W': 1_000_000}))

    def test_rsa_key(self):
        key = fixture.shared_keys().get('rsa', bits=2048)
        server = self.server(self.KIND, authorized=[f'{key}.pub'])
        self.run_detached(server, self.solver(account=server.account), key=key)

    def test_jump_host(self):
        self.as_jump_host(self.KIND)

    def test_wrong_host_key(self):
        self.wrong_host_key(self.KIND)

    def test_refused_key(self):
        self.refused_key(self.KIND)

    def test_no_forwarding(self):
        error = self.no_forwarding(self.KIND, options={'-j': None})
        self.assertIn('tunnels', error['message'])


class AsyncSsh(InteropCase):
    KIND = servers.AsyncSsh

    def test_ed25519_host_key(self):
        self.first_contact(self.KIND, 'ed25519')

    def test_ecdsa_host_key(self):
        self.first_contact(self.KIND, 'ecdsa')

    def test_rsa_host_key(self):
        self.first_contact(self.KIND, 'rsa')

    def test_tunnel(self):
        self.tunnel(self.server(self.KIND))

    def test_new_keys_all_the_time(self):
        for cipher in ('aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr'):
            with self.subTest(cipher):
                self.tmp = self.tmp / cipher
                self.tmp.mkdir()
                self.tunnel(self.server(self.KIND, options={'encryption_algs': [cipher],
                                                            'rekey_bytes': 1_000_000}))

    def test_rsa_key(self):
        key = fixture.shared_keys().get('rsa', bits=2048)
        server = self.server(self.KIND, authorized=[f'{key}.pub'])
        self.run_detached(server, self.solver(), key=key)

    def test_jump_host(self):
        self.as_jump_host(self.KIND)

    def test_wrong_host_key(self):
        self.wrong_host_key(self.KIND)

    def test_refused_key(self):
        self.refused_key(self.KIND)

    def test_no_forwarding(self):
        error = self.no_forwarding(self.KIND, options={'forwarding': False})
        self.assertIn('tunnels', error['message'])


class Paramiko(InteropCase):
    KIND = servers.ParamikoServer

    def test_ed25519_host_key(self):
        self.first_contact(self.KIND, 'ed25519')

    def test_ecdsa_host_key(self):
        self.first_contact(self.KIND, 'ecdsa')

    def test_rsa_host_key(self):
        self.first_contact(self.KIND, 'rsa')

    def test_tunnel(self):
        self.tunnel(self.server(self.KIND))

    def test_small_windows(self):
        self.tunnel(self.server(self.KIND, options={'window': 4096, 'packet': 4096}))

    def test_new_keys_all_the_time(self):
        self.tunnel(self.server(self.KIND, options={'rekey': 1_000_000}))

    def test_lines_before_the_version(self):
        greeting = 'Welcome.\r\nThis machine is watched.\r\n'
        self.run_detached(self.server(self.KIND, options={'greeting': greeting}), self.solver())

    def test_no_exit_status(self):
        self.run_detached(self.server(self.KIND, options={'exit_status': False}), self.solver())

    def test_rsa_key_without_server_sig_algs(self):
        key = fixture.shared_keys().get('rsa', bits=2048)
        server = self.server(self.KIND, authorized=[f'{key}.pub'])
        self.run_detached(server, self.solver(), key=key)

    def test_no_answer_to_a_command(self):
        cli = self.connect(self.server(self.KIND, options={'exec': 'close'}), self.solver())
        self.assertIn('does not run commands', self.end(cli, 7, 'remote')['message'])

    def test_jump_host(self):
        self.as_jump_host(self.KIND)

    def test_wrong_host_key(self):
        self.wrong_host_key(self.KIND)

    def test_refused_key(self):
        self.refused_key(self.KIND)

    def test_no_forwarding(self):
        error = self.no_forwarding(self.KIND, options={'forwarding': False})
        self.assertIn('tunnels', error['message'])


class TinySsh(InteropCase):
    KIND = servers.TinySsh

    def test_no_forwarding(self):
        error = self.no_forwarding(self.KIND)
        self.assertIn('offers no forwarding', error['message'])
        self.assertIn('TinySSH', error['message'])
        self.assertIn('OpenSSH', error['hint'])

    def test_host_key_is_asked_about(self):
        server = self.server(self.KIND)
        cli = self.connect(server, self.solver(account=server.account), known=False,
                           environ=self.askpass('yes'))
        self.end(cli, 7, 'remote')
        self.assertIn(server.fingerprints()[0], self.asked()[0])

    def test_no_jump_host(self):
        cli = self.connect_through(self.server(self.KIND), self.sshd(), '/nonexistent')
        error = self.end(cli, 4, 'network')
        self.assertIn('hop', error['message'])
        self.assertIn('TinySSH', error['message'])

    def test_wrong_host_key(self):
        self.wrong_host_key(self.KIND)

    def test_refused_key(self):
        self.refused_key(self.KIND)

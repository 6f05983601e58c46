# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that breaks the protocol may end the connection, but never the program."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import TestCase, fixture  # noqa: E402

try:
    from recorder import Recorder
except ImportError:
    Recorder = None


class Lengths(TestCase):
    """subprojects/packagefiles/libssh2/0004: an assert() in stock libssh2, met by any server."""

    def _connect(self, digest):
        if Recorder is None:
            self.skipTest('needs python3-paramiko')
        server = self.enter(Recorder(misaligned=True, digests=[digest]))
        known = self.client_home() / '.ssh' / 'known_hosts'
        known.write_text(f'[127.0.0.1]:{server.port} {server.public_key.read_text()}')
        out = self.cli('connect', f'someone@127.0.0.1:{server.port}', '-F', '/dev/null', '-i',
                       fixture.shared_keys().get('ed25519'), '--remote-path', '/nonexistent')
        self.assertTrue(server.wait_until_closed())
        self.assertEqual(out.returncode, 4, out.stderr)

    def test_misaligned_packet(self):
        self._connect('hmac-sha2-256')

    def test_misaligned_packet_with_encrypt_then_mac(self):
        self._connect('hmac-sha2-256-etm@openssh.com')

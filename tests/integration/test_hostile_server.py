# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that breaks the protocol may end the connection, but never the program."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import TestCase, fixture  # noqa: E402

try:
    import recorder
except ImportError:
    recorder = None


class Hostile(TestCase):
    def connect(self, config='', **server):
        """The server hangs up or is hung up on, and the program says so."""
        if recorder is None:
            self.skipTest('needs python3-paramiko')
        server = self.enter(recorder.Recorder(**server))
        known = self.client_home() / '.ssh' / 'known_hosts'
        known.write_text(f'[127.0.0.1]:{server.port} {server.public_key.read_text()}')
        (known.with_name('options')).write_text(config)
        out = self.cli('connect', f'someone@127.0.0.1:{server.port}', '-F',
                       known.with_name('options'), '-i', fixture.shared_keys().get('ed25519'),
                       '--remote-path', '/nonexistent', '--no-reconnect')
        self.assertTrue(server.wait_until_closed())
        self.assertEqual(out.returncode, 4, out.stderr)
        return out


class Lengths(Hostile):
    """subprojects/packagefiles/libssh2/0004: an assert() in stock libssh2, met by any server."""

    def test_misaligned_packet(self):
        self.connect(packet=recorder and recorder.MISALIGNED, digests=['hmac-sha2-256'])

    def test_misaligned_packet_with_encrypt_then_mac(self):
        self.connect(packet=recorder and recorder.MISALIGNED, digests=['hmac-sha2-256-etm@openssh.com'])

    def test_more_padding_than_packet(self):
        """0015: known only when the packet is decrypted, it made the message SIZE_MAX long."""
        for digest in 'hmac-sha2-256', 'hmac-sha2-256-etm@openssh.com':
            with self.subTest(digest):
                self.connect(packet=recorder and recorder.PADDED, digests=[digest])


class Methods(Hostile):
    """subprojects/packagefiles/libssh2/0014: the one cipher was called with the state of the other."""

    def test_another_cipher_in_the_second_key_exchange(self):
        out = self.connect(next_cipher='aes128-ctr')
        self.assertIn('libssh2 -5', out.stderr)


class Compression(Hostile):
    """subprojects/packagefiles/libssh2/0015."""

    def test_message_that_grows_past_the_limit(self):
        out = self.connect('Compression yes\n', bomb=60000)
        self.assertIn('libssh2 -29', out.stderr)

# SPDX-License-Identifier: GPL-3.0-or-later
"""CheckHostIP, beside ssh. Neither looks at an address of the loopback network, so that the tests run once
more in a network of their own, in which the loopback has another address and a name leads to it."""

import os
import pathlib
import subprocess
import sys
import unittest

LIB = pathlib.Path(__file__).resolve().parent.parent / 'lib'
sys.path.insert(0, str(LIB))
from fairlead_test import TestCase  # noqa: E402
from host_key_case import HostKeyCase, public  # noqa: E402

ADDRESS = '192.0.2.1'       # RFC 5737: leads nowhere
INSIDE = 'FAIRLEAD_TEST_OWN_NETWORK'
SETUP = '''
set -e
busybox ip link set lo up
busybox ip addr add {address}/32 dev lo
printf '127.0.0.1 localhost\\n{address} box.test\\n' >"$1/hosts"
mount --bind "$1/hosts" /etc/hosts
shift
exec "$@"
'''
UNSHARE = ['unshare', '--net', '--mount']


def can_unshare():
    return os.geteuid() == 0 and subprocess.run(
        [*UNSHARE, 'busybox', 'ip', 'link', 'set', 'lo', 'up'], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False).returncode == 0


class Inside(HostKeyCase):
    def setUp(self):
        super().setUp()
        self.server = self.sshd(host_keys=['ed25519'], bind=ADDRESS)
        self.target = f'{self.server.user}@box.test'
        self.host_key = public(self.server.host_key_paths()[0])
        self.name = f'[box.test]:{self.server.port}'
        self.address = f'[{ADDRESS}]:{self.server.port}'
        self.config.write_text('CheckHostIP yes\n')

    def both(self, lines):
        """(accepted, names that are saved then) by ssh and by us, on the same file."""
        results = []
        for accepts in [self.ssh_accepts, self.fairlead_accepts]:
            self.file.write_text(lines)
            results.append((accepts(), [line.split()[0] for line in self.file.read_text().splitlines()]))
        self.assertEqual(results[0], results[1])
        return results[0]

    def ssh_target(self):
        return self.target

    def fairlead_accepts(self, environ=None):
        cli = self.connect(self.server, '/nonexistent', '-F', str(self.config), known=False,
                           target=f'{self.target}:{self.server.port}', environ=environ)
        cli.finish()
        self.error = cli.find('error')[0]
        return bool(cli.find('step', step='sign-in', state='done'))

    def test_both_known(self):
        lines = f'{self.name} {self.host_key}\n{self.address} {self.host_key}\n'
        self.assertEqual(self.both(lines), (True, [self.name, self.address]))

    def test_address_is_saved(self):
        self.assertEqual(self.both(f'{self.name} {self.host_key}\n'), (True, [self.name, self.address]))

    def test_not_by_default(self):
        self.config.write_text('')
        self.assertEqual(self.both(f'{self.name} {self.host_key}\n'), (True, [self.name]))

    def test_another_key_for_the_address(self):
        lines = f'{self.name} {self.host_key}\n{self.address} {public(self.other)}\n'
        self.assertEqual(self.both(lines), (False, [self.name, self.address]))
        self.assertEqual(self.error['kind'], 'host-key')
        self.assertIn(ADDRESS, self.error['message'])
        self.assertIn(f'{self.file}, line 2', self.error['message'])
        self.config.write_text('')
        self.assertEqual(self.both(lines)[0], True)

    def test_by_the_name_without_port(self):
        self.assertEqual(self.both(f'box.test {self.host_key}\n'), (True, ['box.test']))

    def test_trusted_host(self):
        self.file.write_text('')
        self.assertTrue(self.fairlead_accepts(environ=self.askpass('yes')))
        self.assertEqual([line.split()[0] for line in self.file.read_text().splitlines()],
                         [self.name, self.address])

    def test_unknown_host_at_the_address_of_another(self):
        self.file.write_text(f'{self.address} {public(self.other)}\n')
        self.assertFalse(self.fairlead_accepts(environ=self.askpass('yes')))
        self.assertEqual(self.asked(), [])


@unittest.skipUnless(can_unshare(), 'needs root and network namespaces: a network of its own')
class CheckHostIP(TestCase):
    def test_in_a_network_of_its_own(self):
        done = subprocess.run(
            [*UNSHARE, 'sh', '-c', SETUP.format(address=ADDRESS), 'sh', str(self.tmp),
             sys.executable, str(LIB / 'runner.py'), '-v', __file__],
            env={**os.environ, INSIDE: '1'}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('7 passed, 0 failed, 0 skipped', done.stdout)


# Each of the two in its place.
if os.environ.get(INSIDE):
    del CheckHostIP
else:
    del Inside

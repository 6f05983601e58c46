# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of how a host is known: ours beside the real ssh."""

import pathlib
import shutil
import subprocess

from fairlead_test import fixture
from solver_case import SolverCase


def public(key):
    return ' '.join(pathlib.Path(f'{key}.pub').read_text().split()[:2])


class HostKeyCase(SolverCase):
    """Whatever is done is compared with `ssh -o BatchMode=yes` on the same files."""

    def setUp(self):
        super().setUp()
        self.keys = fixture.shared_keys()
        self.authority = self.keys.get('ed25519', name='authority')
        self.other = self.keys.get('ed25519', name='other-authority')
        self.file = self.client_home() / '.ssh' / 'known_hosts'
        self.config = self.tmp / 'config'
        self.config.write_text('')

    def start(self, *options, kind='ed25519', authority=None, principals='127.0.0.1', bits=None):
        """A server whose key is certified; OPTIONS are of ssh-keygen -s."""
        key = self.keys.get(kind, name='host', bits=bits)
        copy = self.tmp / f'host-{kind}'
        shutil.copy(key, copy)
        shutil.copy(f'{key}.pub', f'{copy}.pub')
        command = ['ssh-keygen', '-q', '-s', str(authority or self.authority), '-I', 'box', '-h']
        command += ['-n', principals] if principals else []
        subprocess.run([*command, *options, f'{copy}.pub'], check=True, stdin=subprocess.DEVNULL)
        self.host_key = key
        self.server = self.sshd(host_keys=[str(key)], options={'HostCertificate': f'{copy}-cert.pub'})
        self.name = f'[127.0.0.1]:{self.server.port}'

    def ssh_target(self):
        return self.server.target

    def ssh_accepts(self):
        """What `ssh -o BatchMode=yes` does with the same files."""
        return subprocess.run(
            ['ssh', '-F', str(self.config), '-p', str(self.server.port), '-i', str(self.server.identity),
             '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none',
             '-o', f'UserKnownHostsFile={self.file}', '-o', 'GlobalKnownHostsFile=/dev/null',
             '-o', 'UpdateHostKeys=no', self.ssh_target(), 'true'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, timeout=30, check=False).returncode == 0

    def check_like_ssh(self, lines, accepted, code=None):
        """Both decide so; the error. 7: signed in, and nothing at the remote path."""
        self.file.write_text(lines)
        self.assertEqual(self.ssh_accepts(), accepted)
        cli = self.connect(self.server, '/nonexistent', '-F', str(self.config), known=False)
        seen, _ = cli.finish()
        error = cli.find('error')[0]
        self.assertEqual(bool(cli.find('step', step='sign-in', state='done')), accepted, error)
        self.assertEqual(seen, code or (7 if accepted else 5), error)
        self.assertEqual(self.file.read_text(), lines)
        return error

    def authority_line(self, name=None, key=None):
        return f'@cert-authority {name or self.name} {public(key or self.authority)}\n'

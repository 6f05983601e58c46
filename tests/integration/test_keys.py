# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: every kind of key, passphrases, the agent, and key files that cannot be used."""

import contextlib
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs  # noqa: E402
from solver_case import SolverCase  # noqa: E402


class Keys(SolverCase):
    def key(self, *arguments, **more):
        return fixture.shared_keys().get(*arguments, **more)

    def server_for(self, key):
        return self.sshd(authorized=[f'{key}.pub'])

    def copy_of(self, key, name):
        """A key of the test's own, to be spoiled."""
        copy = self.tmp / name
        shutil.copy(key, copy)
        shutil.copy(f'{key}.pub', f'{copy}.pub')
        copy.chmod(0o600)
        return copy

    def whole_job(self, key, **how):
        path = self.solver()
        cli = self.run_detached(self.server_for(key), path, key=key, **how)
        self.assertTrue(cli.find('step', step='sign-in', state='done'))
        self.assert_runs(path)

    def refused(self, key, code, kind, **how):
        """The sign-in fails: the error."""
        server = how.pop('server', None) or self.sshd()
        cli = self.connect(server, '/nonexistent', key=key, **how)
        error = self.end(cli, code, kind)
        self.assertFalse(cli.find('step', step='sign-in', state='done'))
        return error

    def test_ed25519(self):
        self.whole_job(self.key('ed25519'))

    def test_rsa_4096(self):
        self.whole_job(self.key('rsa', bits=4096))

    def test_ecdsa(self):
        self.whole_job(self.key('ecdsa', bits=521))

    def test_pem_form(self):
        self.whole_job(self.key('rsa', bits=2048, form='PEM'))

    def test_a_wrong_passphrase_is_asked_again(self):
        key = self.key('ed25519', passphrase='open sesame')
        self.whole_job(key, environ=self.askpass('open says me', 'open sesame'))
        first, second = self.asked()
        self.assertIn(str(key), first)
        self.assertNotIn('Wrong', first)
        self.assertIn('Wrong passphrase', second)

    def test_the_third_wrong_passphrase_ends_it(self):
        key = self.key('ed25519', passphrase='open sesame')
        error = self.refused(key, 6, 'auth', server=self.server_for(key),
                             environ=self.askpass('a', 'b', 'c', 'open sesame'))
        self.assertIn('3 times', error['message'])
        self.assertEqual(len(self.asked()), 3)

    def test_a_passphrase_without_anybody_to_ask(self):
        key = self.key('ed25519', passphrase='open sesame')
        self.refused(key, 8, 'needs-person', server=self.server_for(key))

    def test_no_passphrase_for_a_key_the_host_would_not_take(self):
        key = self.key('ed25519', passphrase='open sesame', name='stranger')
        self.refused(key, 6, 'auth', environ=self.askpass('open sesame'))
        self.assertEqual(self.asked(), [])

    @needs('ssh-agent')
    def test_agent(self):
        key = self.key('ecdsa', bits=256)
        socket = self.tmp / 'agent'
        with subprocess.Popen(['ssh-agent', '-D', '-a', str(socket)], stdout=subprocess.PIPE,
                              text=True) as agent:
            with contextlib.ExitStack() as stack:
                stack.callback(agent.kill)
                agent.stdout.readline()     # it prints its variables when the socket is there
                environ = self.client_environ(SSH_AUTH_SOCK=str(socket))
                subprocess.run(['ssh-add', '-q', str(key)], env=environ, check=True)
                path = self.solver()
                self.run_detached(self.server_for(key), path, key=None, environ=environ)
                self.assert_runs(path)

    def test_default_key_file(self):
        key = self.key('ed25519')
        shutil.copy(key, self.client_home() / '.ssh' / 'id_ed25519')
        (self.client_home() / '.ssh' / 'id_ed25519').chmod(0o600)
        path = self.solver()
        self.run_detached(self.server_for(key), path, key=None)
        self.assert_runs(path)

    def test_refused_key(self):
        error = self.refused(self.key('ed25519', name='stranger'), 6, 'auth')
        self.assertIn('authorized_keys', error['hint'])

    def test_no_key_at_all(self):
        self.refused(None, 6, 'auth')

    def test_key_file_open_to_others(self):
        key = self.copy_of(self.key('ed25519'), 'open')
        key.chmod(0o644)
        error = self.refused(key, 3, 'config')
        self.assertIn(f"chmod 600 '{key}'", error['message'] + str(error['hint']))

    def test_public_key_file(self):
        key = self.copy_of(self.key('ed25519'), 'mine')
        error = self.refused(f'{key}.pub', 3, 'config')
        self.assertIn(str(key), error['message'] + str(error['hint']))

    def signs_in_by_ppk(self, version, passphrase):
        openssh = self.key('ed25519')
        ppk = self.tmp / 'mine.ppk'
        (self.tmp / 'passphrase').write_text(passphrase)
        subprocess.run(['puttygen', openssh, '-O', 'private', '-o', ppk, '--ppk-param',
                        f'version={version}', '--new-passphrase', self.tmp / 'passphrase'],
                       check=True)
        ppk.chmod(0o600)
        cli = self.connect(self.server_for(openssh), '/nonexistent', key=ppk,
                           environ=self.askpass(passphrase))
        self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('step', step='sign-in', state='done'))
        self.assertEqual(len(self.asked()), 1 if passphrase else 0)

    @needs('puttygen')
    def test_putty_key_file(self):
        self.signs_in_by_ppk(3, '')

    @needs('puttygen')
    def test_encrypted_putty_key_file(self):
        self.signs_in_by_ppk(3, 'open sesame')

    @needs('puttygen')
    def test_encrypted_putty_key_file_of_version_2(self):
        self.signs_in_by_ppk(2, 'open sesame')

    def test_missing_key_file(self):
        key = self.tmp / 'nowhere'
        error = self.refused(key, 3, 'config')
        self.assertIn(str(key), error['message'])

    def test_broken_key_file(self):
        key = self.copy_of(self.key('ed25519'), 'broken')
        key.write_text(key.read_text()[:120] + '\n-----END OPENSSH PRIVATE KEY-----\n')
        (self.tmp / 'broken.pub').unlink()
        error = self.refused(key, 3, 'config')
        self.assertIn(str(key), error['message'])

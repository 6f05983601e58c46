# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with a key and more: a code, a second key; and hosts that want what is not given."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs_pam  # noqa: E402
from solver_case import SolverCase  # noqa: E402

CODE = '314159'


class SignIn(SolverCase):
    def signs_in(self, server, *answers, more=(), **how):
        path = self.solver()
        cli = self.run_detached(server, path, *more, environ=self.askpass(*answers), **how)
        self.assertTrue(cli.find('step', step='sign-in', state='done'))
        self.assert_runs(path)
        return cli

    def refused(self, server, code, kind, *answers, more=(), **how):
        cli = self.connect(server, '/nonexistent', *more, environ=self.askpass(*answers), **how)
        error = self.end(cli, code, kind)
        self.assertFalse(cli.find('step', step='sign-in', state='done'))
        return error

    def config(self, text):
        (self.tmp / 'config').write_text(text)


@needs_pam
class Codes(SignIn):
    """A real sshd whose PAM asks for a code."""

    def server(self, methods, **options):
        check = self.tmp / 'check'
        check.write_text(f'#!/bin/sh\n[ "$(tr -d "\\0")" = {CODE} ]\n')
        check.chmod(0o755)
        pam = (f'auth required pam_exec.so quiet expose_authtok {check}\n'
               # pam_exec has no credentials to set, and somebody must say yes to that.
               'auth required pam_permit.so\n'
               'account required pam_permit.so\nsession required pam_permit.so\n')
        return self.sshd(pam=pam, options={'AuthenticationMethods': methods, **options})

    def test_key_then_code(self):
        self.signs_in(self.server('publickey,keyboard-interactive'), CODE)
        question, = self.asked()
        self.assertIn('127.0.0.1', question)
        self.assertIn('| Password:', question)

    def test_a_wrong_code_is_asked_again(self):
        self.signs_in(self.server('publickey,keyboard-interactive'), '1', '2', CODE)
        first, second, third = self.asked()
        self.assertNotIn('not taken', first)
        self.assertIn('not taken', second)
        self.assertIn('not taken', third)

    def test_the_third_wrong_code_ends_it(self):
        error = self.refused(self.server('publickey,keyboard-interactive'), 6, 'auth', '1', '2', '3', CODE)
        self.assertEqual(len(self.asked()), 3)
        self.assertIn('3 times', error['message'])
        self.assertIn('one-time code', error['hint'])

    def test_no_answer_ends_it(self):
        error = self.refused(self.server('publickey,keyboard-interactive'), 6, 'auth')
        self.assertEqual(len(self.asked()), 1)
        self.assertIn('not answered', error['message'])

    def test_nobody_to_ask(self):
        cli = self.connect(self.server('publickey,keyboard-interactive'), '/nonexistent')
        self.end(cli, 8, 'needs-person')

    def test_no_code_without_a_key(self):
        """Keyboard-interactive alone is the password by another name."""
        error = self.refused(self.server('any'), 6, 'auth', CODE, key=self.stranger())
        self.assertIn('authorized_keys', error['hint'])
        self.assertEqual(self.asked(), [])

    def stranger(self):
        return fixture.shared_keys().get('ed25519', name='stranger')

    def test_only_codes(self):
        error = self.refused(self.server('keyboard-interactive', PubkeyAuthentication='no'), 6, 'auth',
                             CODE)
        self.assertIn('keyboard-interactive', error['message'])
        self.assertIn('keys only', error['hint'])
        self.assertEqual(self.asked(), [])

    def test_code_then_key(self):
        """A host that asks first, as it would for a password: only where the configuration says so."""
        server = self.server('keyboard-interactive,publickey')
        error = self.refused(server, 6, 'auth', CODE)
        self.assertIn('PreferredAuthentications keyboard-interactive,publickey', error['hint'])
        self.assertEqual(self.asked(), [])
        self.config('PreferredAuthentications keyboard-interactive,publickey\n')
        self.signs_in(server, CODE, more=['-F', self.tmp / 'config'])
        self.assertEqual(len(self.asked()), 1)

    def test_number_of_prompts(self):
        self.config('NumberOfPasswordPrompts 1\n')
        self.refused(self.server('publickey,keyboard-interactive'), 6, 'auth', '1', CODE,
                     more=['-F', self.tmp / 'config'])
        self.assertEqual(len(self.asked()), 1)

    def test_codes_switched_off(self):
        self.config('KbdInteractiveAuthentication no\n')
        error = self.refused(self.server('publickey,keyboard-interactive'), 6, 'auth', CODE,
                             more=['-F', self.tmp / 'config'])
        self.assertIn('keyboard-interactive', error['message'])
        self.assertEqual(self.asked(), [])

    def test_a_password_after_the_key_is_not_given(self):
        error = self.refused(self.server('publickey,password', PasswordAuthentication='yes'), 6, 'auth',
                             CODE)
        self.assertIn('password', error['message'])
        self.assertIn('AuthenticationMethods', error['hint'])
        self.assertEqual(self.asked(), [])

    def test_a_person_takes_longer_than_a_host_may(self):
        """ConnectTimeout is for the host: it does not run while somebody types."""
        self.config('ConnectTimeout 1\n')
        environ = self.askpass(CODE)
        script = pathlib.Path(environ['SSH_ASKPASS'])
        lines = script.read_text().splitlines(keepends=True)
        script.write_text(''.join([lines[0], 'sleep 2\n', *lines[1:]]))
        cli = self.connect(self.server('publickey,keyboard-interactive'), '/nonexistent', '-F',
                           self.tmp / 'config', environ=environ)
        self.end(cli, 7)
        self.assertTrue(cli.find('step', step='sign-in', state='done'))

    def test_the_host_waits_only_so_long(self):
        """The sign-in ends in words when the host hangs up over an answer that takes its time."""
        server = self.server('publickey,keyboard-interactive', LoginGraceTime=1)
        environ = self.askpass(CODE)
        script = pathlib.Path(environ['SSH_ASKPASS'])
        lines = script.read_text().splitlines(keepends=True)
        # Answers once sshd has given up, which it does not log.
        lines.insert(1, f'while pgrep -P {server.process.pid} sshd >/dev/null; do sleep 0.05; done\n')
        script.write_text(''.join(lines))
        error = self.end(self.connect(server, '/nonexistent', environ=environ), 4, 'network')
        self.assertIn('LoginGraceTime', error['hint'])


class Keys(SignIn):
    def server(self, *keys, **options):
        return self.sshd(authorized=[f'{k}.pub' for k in keys],
                         options={'AuthenticationMethods': 'publickey,publickey', **options})

    def key(self, kind='ed25519', **more):
        return fixture.shared_keys().get(kind, **more)

    def test_two_keys(self):
        first, second = self.key(name='first'), self.key('ecdsa', bits=256)
        self.signs_in(self.server(first, second), key=first, more=['-i', second])

    def test_the_second_key_is_asked_for_its_passphrase_when_its_turn_comes(self):
        first, second = self.key(name='first'), self.key(passphrase='open sesame')
        self.signs_in(self.server(first, second), 'open sesame', key=first, more=['-i', second])
        self.assertEqual(len(self.asked()), 1)

    def test_the_second_key_is_missing(self):
        first, other = self.key(name='first'), self.key(name='stranger')
        error = self.refused(self.server(first), 6, 'auth', key=first, more=['-i', other])
        self.assertIn('another', error['message'])
        self.assertIn('stranger', error['hint'])

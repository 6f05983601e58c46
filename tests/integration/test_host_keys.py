# SPDX-License-Identifier: GPL-3.0-or-later
"""Host keys: in every case what ssh does, and nothing of the user before the decision."""

import os
import pathlib
import pty
import select
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import CLI, fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402

try:
    from recorder import Recorder
except ImportError:
    Recorder = None


def public(key):
    return ' '.join(pathlib.Path(f'{key}.pub').read_text().split()[:2])


class HostKeys(SolverCase):
    def setUp(self):
        super().setUp()
        self.keys = fixture.shared_keys()
        self.server = self.sshd(host_keys=['ed25519'])
        self.host_key = self.server.host_key_paths()[0]
        self.other = self.keys.get('ed25519', name='other-host')
        self.name = f'[127.0.0.1]:{self.server.port}'
        self.file = self.client_home() / '.ssh' / 'known_hosts'

    def ssh_accepts(self):
        """What `ssh -o BatchMode=yes` does with the same files."""
        return subprocess.run(
            ['ssh', '-F', '/dev/null', '-p', str(self.server.port), '-i', str(self.server.identity),
             '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none',
             '-o', f'UserKnownHostsFile={self.file}', '-o', 'GlobalKnownHostsFile=/dev/null',
             '-o', 'UpdateHostKeys=no', self.server.target, 'true'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, timeout=30, check=False).returncode == 0

    def fairlead(self, *more, environ=None):
        """Verify and sign in; (verified, exit code, error). There is nothing at the remote path."""
        cli = self.connect(self.server, '/nonexistent', *more, known=False, environ=environ)
        code, _ = cli.finish()
        return bool(cli.find('step', step='sign-in', state='done')), code, cli.find('error')[0]

    def check_like_ssh(self, lines, accepted, code):
        self.file.write_text(lines)
        self.assertEqual(self.ssh_accepts(), accepted)
        verified, seen, error = self.fairlead()
        self.assertEqual(verified, accepted, error)
        self.assertEqual(seen, code, error)
        self.assertEqual(self.file.read_text(), lines)
        return error

    def test_unknown(self):
        error = self.check_like_ssh('', False, 8)
        self.assertEqual(error['kind'], 'needs-person')

    def test_matching(self):
        self.check_like_ssh(f'{self.name} {public(self.host_key)}\n', True, 7)

    def test_matching_among_others(self):
        self.check_like_ssh(f'# mine\n{self.name} {public(self.other)}\n'
                            f'x,{self.name} {public(self.host_key)} box\n', True, 7)

    def test_matching_hashed(self):
        self.file.write_text(f'{self.name} {public(self.host_key)}\n')
        subprocess.run(['ssh-keygen', '-q', '-H', '-f', str(self.file)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.check_like_ssh(self.file.read_text(), True, 7)

    def test_pattern(self):
        self.check_like_ssh(f'[127.0.0.*]:{self.server.port} {public(self.host_key)}\n', True, 7)

    def test_negated_pattern(self):
        self.check_like_ssh(f'[127.*]:{self.server.port},!{self.name} {public(self.host_key)}\n', False, 8)

    def test_changed(self):
        error = self.check_like_ssh(f'\n{self.name} {public(self.other)}\n', False, 5)
        self.assertIn(str(self.file), error['message'])
        self.assertIn('2', error['message'])

    def test_revoked(self):
        error = self.check_like_ssh(f'{self.name} {public(self.host_key)}\n'
                                    f'@revoked * {public(self.host_key)}\n', False, 5)
        self.assertIn('revoked', error['message'])

    def test_known_by_another_type_alone(self):
        other = self.keys.get('ecdsa', name='other-host')
        error = self.check_like_ssh(f'{self.name} {public(other)}\n', False, 5)
        self.assertIn(str(self.file), error['message'])

    def test_known_by_another_type_cannot_be_trusted_by_yes(self):
        other = self.keys.get('ecdsa', name='other-host')
        self.file.write_text(f'{self.name} {public(other)}\n')
        self.assertEqual(self.fairlead(environ=self.askpass('yes'))[:2], (False, 5))
        self.assertEqual(self.file.read_text(), f'{self.name} {public(other)}\n')

    def test_plain_host_line_with_the_same_key(self):
        self.check_like_ssh(f'127.0.0.1 {public(self.host_key)}\n', True, 7)

    def test_plain_host_line_with_another_key(self):
        self.check_like_ssh(f'127.0.0.1 {public(self.other)}\n', False, 8)

    def test_authority_line_is_no_key_of_the_host(self):
        self.check_like_ssh(f'@cert-authority {self.name} {public(self.host_key)}\n', False, 8)

    def test_given_key_is_accepted_for_this_run_alone(self):
        fingerprint = fixture.fingerprint(f'{self.host_key}.pub')
        self.assertEqual(self.fairlead('--host-key', fingerprint)[:2], (True, 7))
        self.assertFalse(self.file.exists() and self.file.read_text())
        self.assertEqual(self.fairlead()[:2], (False, 8))

    def test_another_given_key(self):
        fingerprint = fixture.fingerprint(f'{self.other}.pub')
        verified, code, error = self.fairlead('--host-key', fingerprint)
        self.assertEqual((verified, code), (False, 5))
        self.assertIn(fingerprint, error['message'])

    def test_given_key_does_not_override_a_changed_one(self):
        self.file.write_text(f'{self.name} {public(self.other)}\n')
        fingerprint = fixture.fingerprint(f'{self.host_key}.pub')
        self.assertEqual(self.fairlead('--host-key', fingerprint)[:2], (False, 5))

    def test_given_key_does_not_override_a_revoked_one(self):
        self.file.write_text(f'@revoked * {public(self.host_key)}\n')
        fingerprint = fixture.fingerprint(f'{self.host_key}.pub')
        self.assertEqual(self.fairlead('--host-key', fingerprint)[:2], (False, 5))

    def test_askpass_yes_saves_the_key(self):
        self.assertEqual(self.fairlead(environ=self.askpass('yes'))[:2], (True, 7))
        self.assertTrue(self.ssh_accepts())
        self.assertIn(fixture.fingerprint(f'{self.host_key}.pub'), self.asked()[0])

    def test_askpass_once_saves_nothing(self):
        self.assertEqual(self.fairlead(environ=self.askpass('once'))[:2], (True, 7))
        self.assertFalse(self.file.exists() and self.file.read_text())

    def test_askpass_fingerprint(self):
        fingerprint = fixture.fingerprint(f'{self.host_key}.pub')
        self.assertEqual(self.fairlead(environ=self.askpass('yess', fingerprint))[:2], (True, 7))
        self.assertEqual(len(self.asked()), 2)

    def test_askpass_no(self):
        self.assertEqual(self.fairlead(environ=self.askpass('no'))[:2], (False, 5))

    def test_a_changed_key_is_not_asked_about(self):
        self.file.write_text(f'{self.name} {public(self.other)}\n')
        self.assertEqual(self.fairlead(environ=self.askpass('yes'))[:2], (False, 5))
        self.assertEqual(self.asked(), [])

    def test_strict_checking_refuses_without_asking(self):
        config = self.tmp / 'config'
        config.write_text('StrictHostKeyChecking yes\n')
        self.assertEqual(self.fairlead('-F', config, environ=self.askpass('yes'))[:2], (False, 5))
        self.assertEqual(self.asked(), [])

    def test_checking_turned_off_asks_all_the_same(self):
        config = self.tmp / 'config'
        config.write_text('StrictHostKeyChecking no\n')
        self.assertEqual(self.fairlead('-F', config)[:2], (False, 8))


class Terminal(SolverCase):
    """Questions on a real terminal (a pty that controls the program)."""

    def on_terminal(self, arguments, conversation):
        """Run fairlead-cli on a pty; CONVERSATION is (what to wait for, what to type). (code, all seen)."""
        environ = self.client_environ()
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.execve(str(CLI), [str(CLI), *map(str, arguments)], environ)
            finally:
                os._exit(127)
        seen, rest = '', list(conversation)
        while True:
            ready, _, _ = select.select([terminal], [], [], 30)
            self.assertTrue(ready, f'nothing more came after: {seen}')
            try:
                data = os.read(terminal, 4096)
            except OSError:                  # EIO: the program has ended
                data = b''
            if not data:
                break
            seen += data.decode(errors='replace')
            if rest and rest[0][0] in seen:
                os.write(terminal, rest.pop(0)[1].encode())
        os.close(terminal)
        self.assertEqual(rest, [], seen)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen

    def test_trust_and_passphrase(self):
        key = fixture.shared_keys().get('ed25519', passphrase='open sesame')
        server = self.sshd(authorized=[f'{key}.pub'])
        path = self.solver()
        code, seen = self.on_terminal(
            self.arguments(server, path, key=key, known=False) + ['--detach'],
            [('fingerprint you were given: ', 'yes\n'), ('Passphrase of', 'open sesame\n')])
        self.assertEqual(code, 0, seen)
        self.assertIn(server.fingerprints()[0], seen)
        self.assertNotIn('open sesame', seen)
        self.assert_runs(path)
        self.assertIn(public(server.host_key_paths()[0]),
                      (self.client_home() / '.ssh' / 'known_hosts').read_text())

    def test_interrupt_takes_the_question_back(self):
        server = self.sshd()
        code, seen = self.on_terminal(self.arguments(server, '/nonexistent', known=False),
                                      [('fingerprint you were given: ', '\003')])
        self.assertEqual(code, 130, seen)


@unittest.skipIf(Recorder is None, 'needs python3-paramiko')
class NothingBefore(SolverCase):
    """A server that records what it is sent. (SERVICE_REQUEST, RFC 4253 §10, belongs to the handshake
    of libssh2 and says nothing of the user.)"""

    def test_nothing_of_the_user_before_the_decision(self):
        recorder = self.enter(Recorder())
        program = self.tmp / 'slow-askpass'
        fifo = self.tmp / 'decision'
        os.mkfifo(fifo)
        program.write_text(f'#!/bin/sh\ncat {fifo}\n')
        program.chmod(0o700)
        cli = self.start_cli('connect', f'somebody@127.0.0.1:{recorder.port}', '--json', '-F', '/dev/null',
                             '-i', fixture.shared_keys().get('ed25519'), '--remote-path', '/x',
                             environ=self.client_environ(SSH_ASKPASS=str(program),
                                                         SSH_ASKPASS_REQUIRE='force'))
        cli.wait_for('link', state='needs-you')
        # The question is open: opening the fifo waits for the program that asks it.
        with fifo.open('w', encoding='utf-8') as decision:
            self.assertIn('NEWKEYS', recorder.names())
            self.assertFalse(recorder.seen('USERAUTH_REQUEST'), recorder.names())
            self.assertFalse(recorder.contains('somebody'))
            decision.write('once\n')
        self.assertTrue(recorder.wait_for('USERAUTH_REQUEST'))
        self.assertTrue(recorder.contains('somebody'))
        self.end(cli, 6, 'auth')

    def test_nothing_of_the_user_when_the_key_is_refused(self):
        recorder = self.enter(Recorder())
        cli = self.start_cli('connect', f'somebody@127.0.0.1:{recorder.port}', '--json', '-F', '/dev/null',
                             '-i', fixture.shared_keys().get('ed25519'), '--remote-path', '/x')
        self.end(cli, 8, 'needs-person')
        self.assertTrue(recorder.wait_until_closed())
        self.assertFalse(recorder.seen('USERAUTH_REQUEST'), recorder.names())
        self.assertFalse(recorder.contains('somebody'))

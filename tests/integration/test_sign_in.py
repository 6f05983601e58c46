# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys are offered, in which order and by which algorithm; certificates; the agent."""

import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs  # noqa: E402
from fido_agent import FidoAgent  # noqa: E402
from solver_case import SolverCase  # noqa: E402


class SignInCase(SolverCase):
    """Each attempt is a `connect` to a folder that does not exist: the sign-in is all that counts."""

    def key(self, kind='ed25519', **more):
        return fixture.shared_keys().get(kind, **more)

    def own_copy(self, key, name):
        copy = self.tmp / name
        shutil.copy(key, copy)
        shutil.copy(f'{key}.pub', f'{copy}.pub')
        copy.chmod(0o600)
        return copy

    def server_for(self, *keys, **options):
        return self.sshd(authorized=[f'{key}.pub' for key in keys], options=options)

    def config(self, *lines):
        path = self.tmp / 'config'
        path.write_text('\n'.join(lines) + '\n')
        return path

    def attempt(self, server, *lines, key=None, more=(), environ=None):
        """The configuration has LINES; (the CLI, its exit code, its error)."""
        arguments = self.arguments(server, '/nonexistent', key=key)
        arguments[arguments.index('-F') + 1] = self.config(*lines)
        cli = self.start_cli(*arguments, *more, environ=environ)
        code, _ = cli.finish()
        errors = cli.find('error')
        return cli, code, errors[0] if errors else None

    def signs_in(self, server, *lines, **how):
        cli, code, error = self.attempt(server, *lines, **how)
        self.assertTrue(cli.find('step', step='sign-in', state='done'), error)
        self.assertEqual(code, 7)       # there is no solver
        return cli

    def refused(self, server, *lines, code=6, **how):
        cli, seen, error = self.attempt(server, *lines, **how)
        self.assertFalse(cli.find('step', step='sign-in', state='done'))
        self.assertEqual(seen, code, error)
        return error

    def messages(self, cli):
        return '\n'.join(e['text'] for e in cli.find('log'))

    # the agent

    def agent(self, *keys):
        """A real ssh-agent with these keys; an environment that names it."""
        socket = self.tmp / 'agent'
        process = subprocess.Popen(['ssh-agent', '-D', '-a', str(socket)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_agent, process)
        process.stdout.readline()       # it prints its variables when the socket is there
        environ = self.client_environ(SSH_AUTH_SOCK=str(socket))
        for key in keys:
            self.ssh_add(environ, '-q', key)
        return environ

    @staticmethod
    def end_agent(process):
        process.kill()
        process.wait()
        process.stdout.close()

    def ssh_add(self, environ, *arguments):
        return subprocess.run(['ssh-add', *map(str, arguments)], env=environ, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


@needs('ssh-agent')
class Order(SignInCase):
    def strangers(self, n):
        return [self.key(name=f'stranger-{i}') for i in range(n)]

    def offered(self, server):
        """The fingerprints that sshd was asked about, in order."""
        return re.findall(r'(?:Failed|Accepted) publickey for \S+ .*? (SHA256:\S+)', server.log())

    def test_seven_keys_in_the_agent_and_the_profile_names_the_right_one(self):
        key = self.key()
        environ = self.agent(*self.strangers(7))
        self.ssh_add(environ, '-q', key)
        self.signs_in(self.server_for(key, MaxAuthTries=6), key=key, environ=environ)

    def test_the_configuration_names_it_by_its_public_half(self):
        """Only the agent has the private half: it signs."""
        key = self.key()
        environ = self.agent(*self.strangers(7), key)
        public = self.tmp / 'mine.pub'
        shutil.copy(f'{key}.pub', public)
        self.signs_in(self.server_for(key, MaxAuthTries=6), f'IdentityFile {public}', environ=environ)

    def test_seven_keys_and_no_name(self):
        key = self.key()
        error = self.refused(self.server_for(key, MaxAuthTries=6), environ=self.agent(*self.strangers(7), key))
        self.assertIn('MaxAuthTries', error['hint'])
        self.assertIn('not offered', error['details'])

    def test_identities_only(self):
        first, second = self.strangers(2)
        server = self.server_for(self.key())
        error = self.refused(server, 'IdentitiesOnly yes', f'IdentityFile {first}',
                             environ=self.agent(second, self.key()))
        self.assertEqual(error['details'].count('SHA256:'), 1)

    def test_an_encrypted_key_that_the_agent_holds_is_not_asked_for(self):
        key = self.key(passphrase='open sesame')
        environ = self.agent()
        asker = self.askpass('open sesame')
        self.ssh_add({**environ, **{k: asker[k] for k in ('SSH_ASKPASS', 'SSH_ASKPASS_REQUIRE')}}, '-q', key)
        self.signs_in(self.server_for(key), f'IdentityFile {key}', environ=environ)


class Algorithms(SignInCase):
    def test_the_configuration_chooses(self):
        key = self.key('rsa', bits=2048)
        for algorithm in 'rsa-sha2-256', 'rsa-sha2-512':
            with self.subTest(algorithm):
                self.signs_in(self.server_for(key, PubkeyAcceptedAlgorithms=algorithm),
                              f'PubkeyAcceptedAlgorithms {algorithm}', key=key)

    def test_a_type_that_the_configuration_forbids(self):
        key = self.key()
        error = self.refused(self.server_for(key), 'PubkeyAcceptedAlgorithms -ssh-ed25519', key=key, code=3)
        self.assertIn('PubkeyAcceptedAlgorithms', error['message'])
        self.assertIn('line 1', error['message'])

    def test_sha1_only_where_the_configuration_names_it(self):
        key = self.key('rsa', bits=2048)
        server = self.server_for(key, PubkeyAcceptedAlgorithms='ssh-rsa')
        self.refused(server, key=key)
        # It is the last resort then, too, where the server says that it takes better.
        self.refused(server, 'PubkeyAcceptedAlgorithms +ssh-rsa', key=key)
        cli = self.signs_in(server, 'PubkeyAcceptedAlgorithms ssh-rsa', key=key)
        self.assertIn('SHA-1', self.messages(cli))

    def test_short_rsa(self):
        key = self.key('rsa', bits=2048)
        error = self.refused(self.server_for(key), 'RequiredRSASize 3072', key=key, code=3)
        self.assertIn('2048', error['message'])
        self.assertIn('RequiredRSASize', error['message'])

    def test_keys_switched_off(self):
        key = self.key()
        error = self.refused(self.server_for(key), 'PreferredAuthentications keyboard-interactive',
                             key=key, code=3)
        self.assertRegex(error['message'], 'PreferredAuthentications .*line 1')


class Certificates(SignInCase):
    def setUp(self):
        super().setUp()
        self.authority = self.own_copy(self.key(name='authority'), 'authority')
        self.me = fixture.me()

    def sign(self, key, *options, principal=None):
        """KEY-cert.pub beside it; its path."""
        subprocess.run(['ssh-keygen', '-q', '-s', str(self.authority), '-I', 'test', '-n',
                        principal or self.me, *options, f'{key}.pub'], check=True,
                       stderr=subprocess.PIPE)
        return pathlib.Path(f'{key}-cert.pub')

    def server(self, **options):
        """It knows the authority and no key."""
        return self.sshd(authorized=[], options={'TrustedUserCAKeys': f'{self.authority}.pub', **options})

    def test_beside_the_key(self):
        for kind, bits in ('ed25519', None), ('rsa', 2048), ('ecdsa', 384):
            with self.subTest(kind):
                key = self.own_copy(self.key(kind, bits=bits), f'mine-{kind}')
                self.sign(key)
                server = self.server()
                self.signs_in(server, key=key)
                self.assertRegex(server.log(), r'Accepted publickey .*-CERT .*ID test')

    def test_rsa_with_sha2_alone(self):
        key = self.own_copy(self.key('rsa', bits=2048), 'mine')
        self.sign(key)
        for algorithm in 'rsa-sha2-256-cert-v01@openssh.com', 'rsa-sha2-512-cert-v01@openssh.com':
            with self.subTest(algorithm):
                self.signs_in(self.server(PubkeyAcceptedAlgorithms=algorithm.replace('-cert-v01@openssh.com', '')
                                          + ',' + algorithm), f'PubkeyAcceptedAlgorithms {algorithm}', key=key)

    def test_encrypted_key_is_asked_for_once(self):
        key = self.own_copy(self.key(passphrase='open sesame'), 'mine')
        self.sign(key)
        self.signs_in(self.server(), key=key, environ=self.askpass('open sesame'))
        self.assertEqual(len(self.asked()), 1)

    def test_certificate_files(self):
        """Of several, one is for the key; the other one's key is nowhere."""
        key, other = self.own_copy(self.key(), 'mine'), self.own_copy(self.key(name='other'), 'other')
        elsewhere = self.tmp / 'elsewhere-cert.pub'
        self.sign(key).rename(elsewhere)
        cli = self.signs_in(self.server(), f'CertificateFile {self.sign(other)}', f'CertificateFile {elsewhere}',
                            key=key)
        self.assertIn('neither a key file nor the ssh-agent has', self.messages(cli))

    @needs('ssh-agent')
    def test_in_the_agent(self):
        for kind, bits in ('ed25519', None), ('rsa', 2048):
            with self.subTest(kind):
                key = self.own_copy(self.key(kind, bits=bits), f'mine-{kind}')
                self.sign(key)
                environ = self.agent(key)       # adds the certificate as well
                self.assertIn('CERT', self.ssh_add(environ, '-l'))
                self.signs_in(self.server(), 'IdentityFile none', environ=environ)
                self.ssh_add(environ, '-q', '-D')
                (self.tmp / 'agent').rename(self.tmp / f'agent-{kind}')

    @needs('ssh-agent')
    def test_the_key_in_the_agent_and_the_certificate_in_a_file(self):
        key = self.own_copy(self.key(), 'mine')
        environ = self.agent(key)
        certificate = self.sign(key)
        key.unlink()
        self.signs_in(self.server(), f'CertificateFile {certificate}', environ=environ)

    def test_expired(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key, '-V', '20200101:20200102')
        error = self.refused(self.server(), key=key)
        self.assertIn('expired on 2020-01-0', error['hint'])
        self.assertIn('refused by the host', error['details'])

    def test_not_yet_valid(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key, '-V', '20900101:20910101')
        self.assertIn('only from 20', self.refused(self.server(), key=key)['hint'])

    def test_another_principal(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key, principal='ada,bob')
        error = self.refused(self.server(), key=key)
        self.assertIn('is for ada, bob, not for', error['hint'])
        self.assertIn('is for ada, bob, not for', error['details'])

    def test_of_a_host(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key, '-h')
        self.assertIn('for hosts', self.refused(self.server(), key=key)['hint'])

    def test_of_another_authority(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key)
        server = self.sshd(authorized=[], options={'TrustedUserCAKeys': f'{self.key(name="stranger")}.pub'})
        self.assertIn('-cert.pub', self.refused(server, key=key)['details'])

    def test_the_plain_key_is_tried_as_well(self):
        key = self.own_copy(self.key(), 'mine')
        self.sign(key, principal='somebody-else')
        self.signs_in(self.server_for(key), key=key)

    def test_damaged(self):
        key = self.own_copy(self.key(), 'mine')
        pathlib.Path(f'{key}-cert.pub').write_text('ssh-ed25519-cert-v01@openssh.com AAAA nonsense\n')
        cli = self.signs_in(self.server_for(key), key=key)
        self.assertIn('mine-cert.pub', self.messages(cli))


@needs('ssh-agent')
class AddKeysToAgent(SignInCase):
    def held(self, environ):
        return self.ssh_add(environ, '-l')

    def test_yes(self):
        key, environ = self.key('ecdsa', bits=256), self.agent()
        self.signs_in(self.server_for(key), 'AddKeysToAgent yes', key=key, environ=environ)
        self.assertIn(fixture.fingerprint(f'{key}.pub'), self.held(environ))

    def test_every_kind(self):
        environ = self.agent()
        for kind, bits in ('ed25519', None), ('rsa', 2048), ('ecdsa', 521):
            with self.subTest(kind):
                key = self.key(kind, bits=bits)
                server = self.server_for(key)
                self.signs_in(server, 'AddKeysToAgent yes', key=key, environ=environ)
                # The agent can sign with what it was given.
                self.signs_in(server, f'IdentityFile {key}.pub', environ=environ)

    def test_no(self):
        key, environ = self.key(), self.agent()
        self.signs_in(self.server_for(key), key=key, environ=environ)
        self.assertIn('no identities', self.held(environ))

    def test_a_refused_key_is_not_added(self):
        key, environ = self.key(name='stranger'), self.agent()
        self.refused(self.server_for(self.key()), 'AddKeysToAgent yes', key=key, environ=environ)
        self.assertIn('no identities', self.held(environ))

    def test_confirm(self):
        """The agent then asks before each use; there is nobody to ask here, so it refuses."""
        key, environ = self.key(), self.agent()
        server = self.server_for(key)
        self.signs_in(server, 'AddKeysToAgent confirm', key=key, environ=environ)
        self.assertIn(fixture.fingerprint(f'{key}.pub'), self.held(environ))
        error = self.refused(server, f'IdentityFile {key}.pub', environ=environ)
        self.assertIn('ssh-agent refused', error['message'] + error['details'])

    def test_for_a_time(self):
        key, environ = self.key(), self.agent()
        cli = self.signs_in(self.server_for(key), 'AddKeysToAgent 1', key=key, environ=environ)
        self.assertIn('The ssh-agent has', self.messages(cli))
        while 'no identities' not in self.held(environ):    # the deadline is the test's
            pass

    def test_ask(self):
        key, environ = self.key(), self.agent()
        cli = self.signs_in(self.server_for(key), 'AddKeysToAgent ask', key=key, environ=environ)
        self.assertIn('AddKeysToAgent ask', self.messages(cli))
        self.assertIn('no identities', self.held(environ))


class SecurityKeys(SignInCase):
    """A FIDO key is in an agent of the test's own, which signs as one does; sshd verifies that."""

    def test_signed_by_the_agent_after_a_touch(self):
        agent = self.enter(FidoAgent(self.tmp / 'fido'))
        public = self.tmp / 'fido.pub'
        public.write_text(agent.public_line())
        server = self.sshd(authorized=[public])
        environ = self.client_environ(SSH_AUTH_SOCK=str(agent.path))
        arguments = self.arguments(server, '/nonexistent', key=None)
        cli = self.start_cli(*arguments, environ=environ)
        self.assertTrue(agent.asked.wait(20))
        agent.touched.set()
        code, errors = cli.finish()
        self.assertTrue(cli.find('step', step='sign-in', state='done'), errors)
        self.assertIn('Touch your security key “a FIDO key (agent)”', errors)
        self.assertIn('ED25519-SK', server.log())

    def test_not_touched(self):
        """The agent gives up: it says so, and the next key has its turn."""
        agent = self.enter(FidoAgent(self.tmp / 'fido', refuses=True))
        public = self.tmp / 'fido.pub'
        public.write_text(agent.public_line())
        server = self.sshd(authorized=[public])
        agent.touched.set()
        error = self.refused(server, 'IdentityFile none', environ=self.client_environ(SSH_AUTH_SOCK=str(agent.path)))
        self.assertIn('refused', error['message'])

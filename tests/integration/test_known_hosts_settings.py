# SPDX-License-Identifier: GPL-3.0-or-later
"""RevokedHostKeys, KnownHostsCommand: in every case what ssh does."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from host_key_case import HostKeyCase, public  # noqa: E402


class Settings(HostKeyCase):
    def plain(self):
        """A server with a plain key that is known."""
        self.server = self.sshd(host_keys=['ed25519'])
        self.host_key = self.server.host_key_paths()[0]
        self.name = f'[127.0.0.1]:{self.server.port}'
        return f'{self.name} {public(self.host_key)}\n'


class RevokedHostKeys(Settings):
    def setUp(self):
        super().setUp()
        self.revoked = self.tmp / 'revoked'
        self.config.write_text(f'RevokedHostKeys {self.revoked}\n')

    def test_list(self):
        known = self.plain()
        self.revoked.write_text(f'# none\n{public(self.other)}\n')
        self.check_like_ssh(known, True)
        self.revoked.write_text(f'{public(self.other)}\n{public(self.host_key)} box\n')
        error = self.check_like_ssh(known, False)
        self.assertIn(f'{self.revoked}:2', error['message'])

    def test_missing_list_revokes_all(self):
        error = self.check_like_ssh(self.plain(), False)
        self.assertIn(str(self.revoked), error['message'])

    def test_broken_list_revokes_all(self):
        known = self.plain()
        self.revoked.write_text('this is no key\n')
        self.check_like_ssh(known, False)

    def test_krl(self):
        known = self.plain()
        subprocess.run(['ssh-keygen', '-q', '-k', '-f', str(self.revoked), f'{self.other}.pub'], check=True)
        self.check_like_ssh(known, True)
        subprocess.run(['ssh-keygen', '-q', '-k', '-u', '-f', str(self.revoked), f'{self.host_key}.pub'],
                       check=True)
        self.assertIn('revoked', self.check_like_ssh(known, False)['message'])

    def test_unknown_host_is_refused_without_asking(self):
        self.plain()
        self.revoked.write_text(f'{public(self.host_key)}\n')
        self.assertEqual(self.check_like_ssh('', False)['kind'], 'host-key')

    def test_certificate(self):
        self.start('-z', '7')
        specification = self.tmp / 'specification'
        for text, accepted in [('serial: 8\n', True), ('serial: 7\n', False), ('id: box\n', False)]:
            with self.subTest(text=text):
                specification.write_text(text)
                self.revoked.unlink(missing_ok=True)
                subprocess.run(['ssh-keygen', '-q', '-k', '-f', str(self.revoked), '-s',
                                f'{self.authority}.pub', str(specification)], check=True)
                self.check_like_ssh(self.authority_line(), accepted)

    def test_key_and_authority_of_a_certificate(self):
        self.start()
        for key in [self.host_key, self.authority]:
            self.revoked.write_text(f'{public(key)}\n')
            self.check_like_ssh(self.authority_line(), False)

    def test_tokens_in_the_path(self):
        known = self.plain()
        (self.tmp / 'revoked-127.0.0.1').write_text(f'{public(self.host_key)}\n')
        self.config.write_text(f'RevokedHostKeys {self.tmp}/revoked-%h\n')
        self.check_like_ssh(known, False)


class KnownHostsCommand(Settings):
    def setUp(self):
        super().setUp()
        self.log = self.tmp / 'log'
        self.program = self.tmp / 'know'

    def command(self, body, arguments=''):
        self.program.write_text(f'#!/bin/sh\n{body}\n')
        self.program.chmod(0o700)
        self.config.write_text(f'KnownHostsCommand {self.program} {arguments}\n')

    def test_key(self):
        known = self.plain()
        self.command(f'echo "{known.strip()}"')
        self.check_like_ssh('', True)

    def test_says_nothing(self):
        self.plain()
        self.command(':')
        self.assertEqual(self.check_like_ssh('', False, 8)['kind'], 'needs-person')

    def test_another_key(self):
        self.plain()
        self.command(f'echo "{self.name} {public(self.other)}"')
        self.assertIn('KnownHostsCommand', self.check_like_ssh('', False)['message'])

    def test_beside_the_file(self):
        known = self.plain()
        self.command(f'echo "{self.name} {public(self.other)}"')
        self.check_like_ssh(known, True)

    def test_revoked(self):
        known = self.plain()
        self.command(f'echo "@revoked * {public(self.host_key)}"')
        self.assertIn('revoked', self.check_like_ssh(known, False)['message'])

    def test_authority(self):
        self.start()
        self.command(f'echo "{self.authority_line().strip()}"')
        self.check_like_ssh('', True)

    def test_failure(self):
        known = self.plain()
        self.command('echo out of order >&2; exit 3')
        error = self.check_like_ssh(known, False)
        self.assertIn('out of order', error['message'])
        self.assertIn(f'{self.config}', error['message'])

    def test_no_whole_path(self):
        known = self.plain()
        self.config.write_text('KnownHostsCommand know %H\n')
        self.file.write_text(known)
        cli = self.connect(self.server, '/nonexistent', '-F', str(self.config), known=False)
        self.assertIn('whole path', self.end(cli, 5, 'host-key')['message'])

    def test_pasted_one_is_asked_about_once(self):
        known = self.plain()
        self.command(f'echo ran >>{self.log}; echo "{known.strip()}"')
        target = (f"ssh -o 'KnownHostsCommand={self.program} %I' -p {self.server.port} "
                  f'{self.server.target}')
        cli = self.connect(self.server, '/nonexistent', known=False, target=target)
        self.end(cli, 8, 'needs-person')
        self.assertFalse(self.log.exists())
        for environ in [self.askpass('yes'), None]:
            cli = self.connect(self.server, '/nonexistent', known=False, target=target, environ=environ)
            self.end(cli, 7)
        self.assertEqual(len(self.asked()), 1)
        self.assertIn(str(self.program), self.asked()[0])
        self.assertEqual(self.log.read_text(), 'ran\n' * 4)

    def seen(self):
        """The words of each call since the last look; the home folder is another one for us."""
        lines = self.log.read_text()
        self.log.unlink()
        for home in [str(self.client_home()), str(pathlib.Path.home())]:
            lines = lines.replace(home, 'HOME')
        return lines.splitlines()

    def test_arguments(self):
        """The same words, each one word, in both calls."""
        known = self.plain()
        for more in ['', 'HostKeyAlias Box.lab\n']:
            with self.subTest(more=more):
                self.command(f'for a; do printf "%s|" "$a"; done >>{self.log}; echo >>{self.log}\n'
                             f'echo "{known.strip()}"; echo "box.lab {public(self.host_key)}"',
                             "%I %H %t %f %K %h %k %p %n %r %% 'two words' %C ${HOME} ~ a%%b '$(x)'")
                with self.config.open('a', encoding='utf-8') as config:
                    config.write(more)
                self.file.write_text('')
                self.assertTrue(self.ssh_accepts())
                theirs = self.seen()
                self.assertEqual(len(theirs), 2)
                self.check_like_ssh('', True)
                self.assertEqual(self.seen(), theirs * 2)

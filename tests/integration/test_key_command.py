# SPDX-License-Identifier: GPL-3.0-or-later
"""`fairlead-cli key`: what it makes is read by ssh-keygen, what it installs signs in."""

import json
import pathlib
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from events import check_line  # noqa: E402
from fairlead_test import fixture, needs, needs_root  # noqa: E402
from solver_case import SolverCase  # noqa: E402


def keygen(*arguments):
    return subprocess.run(['ssh-keygen', *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL, check=True).stdout


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


class KeyCase(SolverCase):
    def key_command(self, *arguments, code=0, **how):
        out = self.cli('key', *arguments, **how)
        self.assertEqual(out.returncode, code, out.stderr)
        return out

    def events(self, *arguments, code=0, **how):
        out = self.key_command(*arguments, '--json', code=code, **how)
        return [check_line(line) for line in out.stdout.splitlines(keepends=True)]

    def pem(self, name='pem', passphrase='open sesame', form='PKCS8'):
        """A key whose file hides its public half, and that half's line."""
        key = self.tmp / name
        keygen('-q', '-t', 'ecdsa', '-N', passphrase, '-m', form, '-C', '', '-f', key)
        line = (self.tmp / f'{name}.pub').read_text().strip()
        (self.tmp / f'{name}.pub').unlink()
        return key, line


class Making(KeyCase):
    def test_the_usual_key(self):
        out = self.key_command('generate', environ=self.askpass('open sesame', 'open sesame'))
        key = self.client_home() / '.ssh' / 'id_ed25519'
        self.assertEqual(len(self.asked()), 2)
        self.assertIn(str(key), self.asked()[0])
        self.assertEqual((mode(key), mode(key.with_suffix('.pub'))), (0o600, 0o644))
        self.assertEqual(out.stdout, key.with_suffix('.pub').read_text())
        self.assertEqual(keygen('-y', '-P', 'open sesame', '-f', key), out.stdout)
        for line in keygen('-lv', '-f', key).splitlines()[1:]:
            self.assertIn(line, out.stderr)

    def test_rsa_with_a_comment(self):
        key = self.tmp / 'a key'
        seen = self.events('generate', '-t', 'rsa', '-b', '2048', '-C', 'mine', '--no-passphrase', key)
        self.assertEqual([e['event'] for e in seen], ['key', 'exit'])
        self.assertEqual((seen[0]['bits'], seen[0]['comment'], seen[0]['encrypted']), (2048, 'mine', False))
        self.assertEqual(keygen('-y', '-f', key).strip(), seen[0]['public'])

    def test_no_file_is_overwritten(self):
        key = self.tmp / 'mine'
        for name in 'mine', 'mine.pub':
            with self.subTest(name):
                there = self.tmp / name
                there.write_text('what was there')
                self.key_command('generate', '--no-passphrase', key, code=3)
                self.assertEqual(there.read_text(), 'what was there')
                self.assertEqual([p.name for p in self.tmp.glob('mine*')], [name])
                there.unlink()

    def test_passphrases_that_differ(self):
        key = self.tmp / 'mine'
        self.key_command('generate', key, environ=self.askpass('a', 'b', 'c', 'd', 'e', 'f'), code=2)
        self.assertEqual(len(self.asked()), 6)
        self.assertFalse(key.exists())

    def test_nobody_to_ask(self):
        key = self.tmp / 'mine'
        seen = self.events('generate', key, code=8)
        self.assertEqual(seen[0]['kind'], 'needs-person')
        self.assertFalse(key.exists())

    def test_usage(self):
        for arguments in ([], ['frob'], ['generate', '-t', 'dsa'], ['generate', '-b', '1024', '-t', 'rsa'],
                          ['generate', 'a', 'b'], ['show'], ['convert'], ['install'], ['show', '--frob', 'x'],
                          ['generate', '--no-passphrase', '-C', 'a\nb', 'x']):
            with self.subTest(arguments):
                out = self.key_command(*arguments, code=2)
                self.assertEqual(out.stdout, '')
                self.assertTrue(out.stderr)


class Files(KeyCase):
    def test_show(self):
        key = fixture.shared_keys().get('rsa', bits=2048)
        out = self.key_command('show', key)
        self.assertEqual(out.stdout, pathlib.Path(f'{key}.pub').read_text())
        self.assertIn(keygen('-lv', '-f', key).split()[1], out.stderr)
        self.assertIn(keygen('-l', '-E', 'md5', '-f', key).split()[1], out.stderr)

    def test_show_what_the_passphrase_hides(self):
        key, line = self.pem()
        seen = self.events('show', key, environ=self.askpass('wrong', 'open sesame'))
        self.assertEqual((seen[0]['form'], seen[0]['public']), ('pkcs8', line))
        self.assertEqual(len(self.asked()), 2)

    def test_what_is_no_key(self):
        text = self.tmp / 'text'
        text.write_text('hello')
        for path in text, self.tmp / 'missing', self.tmp:
            with self.subTest(path):
                seen = self.events('show', path, code=3)
                self.assertEqual(seen[0]['kind'], 'config')
                self.assertIn(str(path), seen[0]['message'])

    def test_convert_pem(self):
        key, line = self.pem(form='PEM')
        before = key.read_bytes()
        seen = self.events('convert', key, environ=self.askpass('open sesame'))
        new = pathlib.Path(seen[0]['path'])
        self.assertEqual((seen[0]['form'], seen[0]['encrypted']), ('openssh', True))
        self.assertEqual(keygen('-y', '-P', 'open sesame', '-f', new).strip(), line)
        self.assertEqual((key.read_bytes(), mode(new)), (before, 0o600))

    @needs('puttygen')
    def test_convert_ppk(self):
        openssh = fixture.shared_keys().get('ed25519')
        (self.tmp / 'passphrase').write_text('open sesame')
        subprocess.run(['puttygen', openssh, '-O', 'private', '-o', self.tmp / 'mine.ppk',
                        '--new-passphrase', self.tmp / 'passphrase'], check=True)
        (self.tmp / 'mine.ppk').chmod(0o600)
        self.key_command('convert', '-o', self.tmp / 'new', self.tmp / 'mine.ppk',
                         environ=self.askpass('open sesame'))
        self.assertEqual(keygen('-y', '-P', 'open sesame', '-f', self.tmp / 'new'), keygen('-y', '-f', openssh))

    def test_passphrase(self):
        key, line = self.pem(passphrase='')
        self.key_command('passphrase', key, environ=self.askpass('open sesame', 'open sesame'))
        self.assertEqual(keygen('-y', '-P', 'open sesame', '-f', key).strip(), line)
        (self.tmp / 'asked').unlink()
        self.key_command('passphrase', '--remove', key, environ=self.askpass('open sesame'))
        self.assertEqual(keygen('-y', '-P', '', '-f', key).strip(), line)

    def test_fix_permissions(self):
        key = self.client_home() / '.ssh' / 'mine'
        shutil.copy(fixture.shared_keys().get('ed25519'), key)
        key.chmod(0o644)
        self.assertTrue(self.events('show', key)[0]['too_open'])
        seen = self.events('fix-permissions', key)
        self.assertEqual((seen[0]['too_open'], seen[0]['mode'], mode(key)), (False, '0600', 0o600))


class Agent(KeyCase):
    def agent(self):
        """A real ssh-agent: the path of its socket."""
        socket = self.tmp / 'agent'
        agent = self.enter(subprocess.Popen(['ssh-agent', '-D', '-a', str(socket)], text=True,
                                            stdout=subprocess.PIPE))
        self.addCleanup(agent.kill)
        agent.stdout.readline()     # it prints its variables when the socket is there
        return socket

    def held(self, socket):
        out = subprocess.run(['ssh-add', '-L'], env=self.client_environ(SSH_AUTH_SOCK=str(socket)),
                             stdout=subprocess.PIPE, text=True, check=False)
        return out.stdout.splitlines()

    @needs('ssh-agent')
    def test_every_type_and_form(self):
        socket = self.agent()
        keys = fixture.shared_keys()
        lines = []
        for key in keys.get('ed25519'), keys.get('rsa', bits=2048), keys.get('ecdsa', bits=521):
            self.key_command('add', key, environ=self.client_environ(SSH_AUTH_SOCK=str(socket)))
            lines.append(pathlib.Path(f'{key}.pub').read_text().strip())
        key, line = self.pem()
        environ = {**self.askpass('open sesame'), 'SSH_AUTH_SOCK': str(socket)}
        seen = self.events('add', '--time', '8h', key, environ=environ)
        self.assertEqual((seen[0]['event'], seen[0]['lifetime_s']), ('agent', 8 * 3600))
        self.assertEqual(self.held(socket), lines + [f'{line} {key}'])
        # What the agent was given signs.
        server = self.sshd(authorized=[self.written(line)])
        self.known(server)
        done = subprocess.run(['ssh', '-F', '/dev/null', '-p', str(server.port), '-o', 'BatchMode=yes', '-o',
                               f'UserKnownHostsFile={self.client_home()}/.ssh/known_hosts', server.target,
                               'echo in'], env=self.client_environ(SSH_AUTH_SOCK=str(socket)), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.stdout, 'in\n')

    def written(self, line):
        path = self.tmp / 'authorized.pub'
        path.write_text(line + '\n')
        return path

    @needs('ssh-agent')
    def test_for_a_time(self):
        socket = self.agent()
        key = fixture.shared_keys().get('ed25519')
        environ = self.client_environ(SSH_AUTH_SOCK=str(socket))
        self.key_command('add', '-t', '1', key, environ=environ)
        while self.held(socket) != ['The agent has no identities.']:
            pass                    # the deadline is the test's

    def test_no_agent(self):
        key = fixture.shared_keys().get('ed25519')
        self.assertIn('SSH_AUTH_SOCK', self.key_command('add', key, code=3).stderr)
        self.key_command('add', '--time', 'soon', key, code=2)


class Installing(KeyCase):
    def new_key(self):
        key = self.tmp / 'new'
        self.key_command('generate', '--no-passphrase', '-C', "it's $(mine)", key)
        return key

    def install(self, server, key, *more, identity=None):
        self.known(server)
        return self.events('install', '-F', '/dev/null', '-i', identity or server.identity, '--key', key,
                           f'{server.target}:{server.port}', *more)

    def signs_in(self, server, key):
        cli = self.connect(server, '/nonexistent', key=key)
        self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('step', step='sign-in', state='done'))

    def test_install_and_sign_in(self):
        server = self.sshd()
        theirs = server.home / '.ssh' / 'authorized_keys'
        key = self.new_key()
        server.restart(options={'AuthorizedKeysFile': f'{server.directory}/authorized_keys {theirs}'})
        self.assertEqual(self.end(self.connect(server, '/nonexistent', key=key), 6, 'auth')['kind'], 'auth')
        seen = self.install(server, f'{key}.pub')
        self.assertEqual((seen[0]['event'], seen[0]['result'], seen[0]['file']),
                         ('installed', 'added', str(theirs)))
        self.assertEqual(theirs.read_text(), pathlib.Path(f'{key}.pub').read_text())
        self.assertEqual(mode(theirs), 0o600)
        self.signs_in(server, key)
        self.assertEqual(self.install(server, key)[0]['result'], 'present')
        self.assertEqual(len(theirs.read_text().splitlines()), 1)

    @needs_root
    def test_an_account_under_strict_modes(self):
        for shell in 'dash', 'busybox':
            with self.subTest(shell):
                account = self.account(shell)
                folder = account.home / '.ssh'
                folder.mkdir(mode=0o775)
                theirs = folder / 'authorized_keys'
                first = fixture.shared_keys().get('ecdsa', bits=256)
                theirs.write_text(pathlib.Path(f'{first}.pub').read_text().rstrip('\n'))
                for path in folder, theirs:
                    shutil.chown(path, account.uid, account.gid)
                server = self.sshd(user=account.name, environment=None,
                                   options={'AuthorizedKeysFile': '.ssh/authorized_keys', 'StrictModes': 'yes'})
                key = self.tmp / f'new-{shell}'
                self.key_command('generate', '--no-passphrase', key)
                seen = self.install(server, key, identity=first)
                self.assertEqual(seen[0]['result'], 'added')
                self.assertEqual(len(theirs.read_text().splitlines()), 2)
                self.signs_in(server, key)
                self.signs_in(server, first)

    def test_a_stranger_installs_nothing(self):
        server = self.sshd()
        stranger = fixture.shared_keys().get('ed25519', name='stranger')
        self.known(server)
        seen = self.events('install', '-F', '/dev/null', '-i', stranger, '--key', self.new_key(),
                           f'{server.target}:{server.port}', code=6)
        self.assertEqual(seen[0]['kind'], 'auth')
        self.assertFalse((server.home / '.ssh').exists())

    def test_what_is_no_key_is_told_before_anything_is_sent(self):
        seen = self.events('install', '-F', '/dev/null', '--key', self.tmp / 'missing', 'nowhere.invalid',
                           code=3)
        self.assertIn('missing', seen[0]['message'])
        seen = self.events('install', '-F', '/dev/null', 'nowhere.invalid', code=3)
        self.assertIn('--key', json.dumps(seen[0]))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows of the main menu: keys, trusted hosts, import."""

import json
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, text_of, wait  # noqa: E402


class Keys(Journey):
    def test_generate_a_key_by_keyboard(self):
        self.profile()
        app = self.start()
        app.command('win.keys')
        app.label('^No Keys Yet$')
        app.focused_window()
        app.keys('ctrl+n')
        field = app.entry('File')
        wait(lambda: text_of(field) == '~/.ssh/id_ed25519', 'a file to be suggested')
        app.fill('Passphrase', 'line of rope')
        app.fill('The Same Passphrase Again', 'line of rope')
        app.keys('ctrl+Return')
        app.label('^~/.ssh/id_ed25519$', timeout=30)
        app.label('^ED25519, 256 bits · with a passphrase')
        path = self.home / '.ssh/id_ed25519'
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        shown = subprocess.run(['ssh-keygen', '-lf', f'{path}.pub'], check=True, capture_output=True,
                               text=True).stdout.split()[1]
        app.label(shown.replace('+', '[+]'))
        subprocess.run(['ssh-keygen', '-y', '-P', 'line of rope', '-f', path], check=True,
                       capture_output=True)

    def make_key(self, passphrase):
        path = self.home / '.ssh/id_mine'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', passphrase, '-C', 'mine', '-f', path],
                       check=True)
        return path

    def start_agent(self):
        socket = self.home / 'agent'
        agent = subprocess.Popen(['ssh-agent', '-D', '-a', socket], stdout=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)
        wait(socket.exists, 'the agent')
        return socket

    def test_keys_of_the_agent(self):
        path = self.make_key('')
        socket = self.start_agent()
        other = self.home / 'elsewhere'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ecdsa', '-N', '', '-C', 'token', '-f', other], check=True)
        for key in (path, other):
            subprocess.run(['ssh-add', '-q', key], env={'SSH_AUTH_SOCK': str(socket)}, check=True)
        self.profile()
        app = self.start(SSH_AUTH_SOCK=str(socket))
        app.command('win.keys')
        app.label('^ED25519, 256 bits · without a passphrase · mine · in the agent$')
        app.label('^In the Agent$')
        app.label('^ECDSA, 256 bits$')
        self.assertEqual(app.all('label', 'mine'), [])    # the file's own row is enough
        app.point(app.label('^token$'))
        shown = subprocess.run(['ssh-keygen', '-lf', f'{other}.pub'], check=True, capture_output=True,
                               text=True).stdout.split()[1]
        app.label(re.escape(shown))
        app.click('Copy Public Key')
        app.label('^Copied$')

    def test_add_to_the_agent_for_a_time(self):
        path = self.make_key('line of rope')
        socket = self.start_agent()
        self.profile()
        app = self.start(SSH_AUTH_SOCK=str(socket))
        app.command('win.keys')
        app.point(app.label('^~/.ssh/id_mine$'))
        app.click('Add to Agent…')
        app.label('^Add the Key to the Agent[?]$')
        app.fill('Passphrase', 'line of rope')
        app.click('Add')
        app.label('^The agent holds the key now$', timeout=30)
        app.label(' · in the agent$')
        held = subprocess.run(['ssh-add', '-L'], env={'SSH_AUTH_SOCK': str(socket)}, check=True,
                              capture_output=True, text=True).stdout
        self.assertIn(pathlib.Path(f'{path}.pub').read_text().split()[1], held)

    @unittest.skipUnless(shutil.which('puttygen'), 'puttygen is not installed')
    def test_convert_a_putty_key(self):
        path, old = self.make_key('line of rope'), self.home / '.ssh/desk.ppk'
        (self.home / 'passphrase').write_text('line of rope')
        subprocess.run(['puttygen', path, '-O', 'private', '-o', old, '--old-passphrase',
                        self.home / 'passphrase', '--new-passphrase', self.home / 'passphrase',
                        '--ppk-param', 'memory=64,passes=1'], check=True)
        old.chmod(0o600)
        before = old.read_bytes()
        line = pathlib.Path(f'{path}.pub').read_text().split()[1]
        for file in (path, pathlib.Path(f'{path}.pub')):
            file.unlink()
        self.profile()
        app = self.start()
        app.command('win.keys')
        app.point(app.label('^~/.ssh/desk.ppk$'))
        app.click('Convert to OpenSSH…')
        app.label('^Convert the Key[?]$')
        app.fill('Passphrase', 'line of rope')
        app.click('Convert')
        app.label('^Converted; the old file is still there$', timeout=30)
        self.assertEqual(old.read_bytes(), before)
        new = self.home / '.ssh/desk'
        self.assertEqual(stat.S_IMODE(new.stat().st_mode), 0o600)
        shown = subprocess.run(['ssh-keygen', '-y', '-P', 'line of rope', '-f', new], check=True,
                               capture_output=True, text=True).stdout
        self.assertEqual(shown.split()[1], line)

    def test_open_key_is_mended_from_the_failure(self):
        self.trust()
        self.key.chmod(0o644)
        self.profile(**{'remote-path': ''})
        app = self.start()
        app.command('win.connect')
        app.click('Fix Permissions', timeout=30)
        app.label('^Connected$', timeout=30)
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        app.command('win.toggle-connection')
        app.label('^Offline$')

    def test_install_on_a_host_that_lets_us_in(self):
        path = self.make_key('')
        self.trust()
        self.profile(**{'remote-path': ''})
        app = self.start()
        app.command('win.connect')
        app.label('^Connected$', timeout=30)
        app.command('win.install-key')
        app.label('^Install a Key[?]$')
        app.click('Install')
        app.label('^The key was added to ', timeout=30)
        line = pathlib.Path(f'{path}.pub').read_text().split()[1]
        found = [file for file in self.home.glob('sshd/**/authorized_keys') if line in file.read_text()]
        self.assertEqual(len(found), 1)
        app.command('win.toggle-connection')
        app.label('^Offline$')


class TrustedHosts(Journey):
    def test_remove_and_undo(self):
        self.trust()
        path = self.home / '.ssh/known_hosts'
        before = path.read_text() + '# the end\n'
        path.write_text(before)
        self.profile()
        app = self.start()
        app.command('win.trusted-hosts')
        name = before.split()[0]
        app.click(f'Trust {name} No Longer')
        app.label('^Trusted no longer$')
        wait(lambda: name not in path.read_text().splitlines()[0], 'the line to go')
        app.click('Undo')
        wait(lambda: path.read_text() == before, 'the line to come back to the byte')

    def test_hash_the_names(self):
        self.trust()
        path = self.home / '.ssh/known_hosts'
        before = path.read_text()
        name, key = before.split()[0], before.split()[2]
        self.profile()
        app = self.start()
        app.command('win.trusted-hosts')
        app.label(f'^{re.escape(name)}$')
        app.command('hosts.hash')
        app.label('^Hash Host Names[?]$')
        app.click('Hash Names')
        app.label('^Hashed; the old file is kept as ')
        self.assertNotIn(name, path.read_text())
        found = subprocess.run(['ssh-keygen', '-F', name, '-f', path], check=True, capture_output=True,
                               text=True).stdout
        self.assertIn(key, found)
        kept = [file for file in path.parent.iterdir() if file != path and file.read_text() == before]
        self.assertEqual(len(kept), 1)


class Export(Journey):
    def export(self, choice):
        path = self.home / 'exported.json'
        self.profile(user='lovelace')
        app = self.start()
        app.command('win.export')
        app.label('^Export Connections[?]$')
        app.click(choice)
        app.fill('Name:', str(path))
        app.click('Save')
        app.label('^Connections exported$')
        text = path.read_text()
        return text, json.loads(text)['profiles'][0]

    def test_everything(self):
        _, profile = self.export('Everything…')
        self.assertEqual((profile['name'], profile['user'], profile['key-path'], profile['port']),
                         ('gpu01', 'lovelace', str(self.key), self.sshd.port))

    def test_for_a_colleague(self):
        text, profile = self.export('For a Colleague…')
        self.assertEqual((profile['name'], profile['host'], profile['port']),
                         ('gpu01', '127.0.0.1', self.sshd.port))
        for word in ('lovelace', str(self.key), str(self.home)):
            self.assertNotIn(word, text)


class Import(Journey):
    def test_a_file_given_is_a_list_to_choose_from(self):
        toml = self.home / 'connections.toml'
        toml.write_text('[lab]\ntype = "SSH"\nhost = "gpu01"\nusername = "artist"\n'
                        'remote_path = "/opt/solver"\n'
                        '[farm]\ntype = "SSH"\nhost = "farm"\nusername = "artist"\n'
                        'remote_path = "/opt/solver"\n'
                        '[here]\ntype = "Local"\nlocal_path = "/opt/solver"\n')
        self.profile('lab')
        app = self.start(str(toml))
        app.label('^Choose What to Import$', timeout=30)
        app.label('“lab” in the file: that name is taken')
        app.label('It is not over SSH')
        app.point(app.find('check box', re.compile('^farm')))    # GTK 4.8 names it twice
        app.click('Import')
        app.label('^1 connection imported$')
        stored = self.home / 'config/fairlead/profiles.json'
        wait(lambda: len(json.loads(stored.read_text())['profiles']) == 2, 'the import to be saved')
        new = json.loads(stored.read_text())['profiles'][1]
        self.assertEqual((new['host'], new['user'], new['remote-path']),
                         ('gpu01', 'artist', '/opt/solver'))


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions a connection asks: a changed or a revoked host key, a passphrase; and cancelling."""

import pathlib
import re
import shutil
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, fixture, states, wait  # noqa: E402


class HostKeys(Journey):
    def known_hosts(self, key, marker=''):
        """Make KEY (a public key file) what is saved for the host."""
        line = f'[127.0.0.1]:{self.sshd.port} {" ".join(key.read_text().split()[:2])}\n'
        path = self.home / '.ssh/known_hosts'
        path.write_text('# mine\n' + marker + line)
        return path

    def public(self, **how):
        return pathlib.Path(f'{self.sshd.keys.get("ed25519", **how)}.pub')

    def test_changed_key_is_replaced_only_after_a_second_question(self):
        path = self.known_hosts(self.public(name='other'))
        before = path.read_text()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^The identity of “gpu01” has changed$', timeout=30)
        app.label(re.escape(fixture.fingerprint(self.public(name='other'))))
        app.label(re.escape(self.sshd.fingerprints()[0]))
        app.label(r'known_hosts, line 2')
        app.keys('Escape')
        app.label('^Failed$')
        self.assertEqual(path.read_text(), before, 'Esc changed known_hosts')

        app.command('win.connect')
        app.click('Replace Saved Key…', timeout=30)
        app.label('^Replace the Saved Key of “gpu01”[?]$')
        app.keys('Return')      # Cancel is the default here too
        app.label('^Failed$')
        self.assertEqual(path.read_text(), before, 'Enter changed known_hosts')

        app.command('win.connect')
        app.click('Replace Saved Key…', timeout=30)
        app.click('Replace Saved Key')
        app.label('^Connected$', timeout=30)
        self.assertIn(self.public(name='host').read_text().split()[1], path.read_text())
        self.assertNotIn(self.public(name='other').read_text().split()[1], path.read_text())

    def test_revoked_key_has_no_way_round(self):
        self.known_hosts(self.public(name='host'), marker='@revoked ')
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^The key of “gpu01” is revoked$', timeout=30)
        for way in ('Replace Saved Key…', 'Connect Once', 'Trust and Connect'):
            self.assertEqual(app.all('push button', way), [])
        app.keys('Escape')
        app.label('^Failed$')


    def test_key_of_another_type_is_as_strict_as_a_changed_one(self):
        other = pathlib.Path(f'{self.sshd.keys.get("ecdsa", name="other-type")}.pub')
        path = self.known_hosts(other)
        before = path.read_text()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^The identity of “gpu01” has changed$', timeout=30)
        app.label('by a key of another type')
        for way in ('Connect Once', 'Trust and Connect'):
            self.assertEqual(app.all('push button', way), [])
        app.keys('Escape')
        app.label('^Failed$')
        self.assertEqual(path.read_text(), before)

    def test_plain_host_line_answers_for_the_port_only_with_the_same_key(self):
        path = self.home / '.ssh/known_hosts'
        path.write_text(f'127.0.0.1 {" ".join(self.public(name="other").read_text().split()[:2])}\n')
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Verify “gpu01”', timeout=30)      # unknown, not changed
        app.keys('Escape')
        app.label('^Failed$')
        path.write_text(f'127.0.0.1 {" ".join(self.public(name="host").read_text().split()[:2])}\n')
        app.command('win.connect')
        app.label('^Connected$', timeout=30)


class Passphrase(Journey):
    def test_wrong_then_right(self):
        locked = self.home / 'id_locked'
        source = self.sshd.keys.get('ed25519', name='locked', passphrase='line of rope')
        shutil.copy(source, locked)
        shutil.copy(f'{source}.pub', f'{locked}.pub')
        locked.chmod(0o600)
        self.sshd.stop()
        self.sshd.authorized = [pathlib.Path(f'{source}.pub')]
        self.sshd.start()
        self.trust()
        self.profile(**{'key-path': str(locked)})
        app = self.start()
        app.command('win.connect')
        app.label('“gpu01” signs in with the key .*id_locked', timeout=30)
        app.focused_window()
        app.type('rope')
        app.keys('Return')
        app.label('^Wrong passphrase$', timeout=30)
        app.type('line of rope')
        app.keys('Return')
        app.label('^Connected$', timeout=30)


class Cancel(Journey):
    def test_while_connecting_to_a_host_that_does_not_answer(self):
        silent = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(silent.close)
        self.profile(port=silent.getsockname()[1])
        app = self.start()
        app.command('win.connect')
        app.label('^Connecting', timeout=20)
        app.click('Cancel')
        app.label('^Offline$')
        button = app.find('push button', 'Connect')
        wait(lambda: 'sensitive' in states(button), 'Connect can be pressed again')

    def test_while_the_fingerprint_is_asked(self):
        """Cancelling in the window behind takes the question off the screen."""
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Verify “gpu01”', timeout=30)
        app.command('win.toggle-connection')
        app.gone('label', 'Verify “gpu01”?')
        app.label('^Offline$')

    def test_while_the_solver_gets_ready(self):
        (self.solver / 'demo.env').write_text('FAIRLEAD_DEMO_FAIL=never-ready\n')
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('Wait for ready', timeout=30)
        app.click('Cancel')
        app.find('push button', 'Disconnect', timeout=20)


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, from an empty home to a solver that is reachable from here and stopped again."""

import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Atspi, Journey, fixture, states, text_of, wait, xdotool  # noqa: E402


class FirstRun(Journey):
    def test_new_connection_to_ready_and_stopped(self):
        app = self.start()
        # The first-run page: what is typed there fills the editor.
        app.type_into('Paste an ssh command, or type a host',
                      f'{self.sshd.user}@127.0.0.1:{self.sshd.port}')
        app.keys('Return')
        wait(lambda: text_of(app.entry('Host')) == '127.0.0.1', 'the host in the editor')
        self.assertEqual(text_of(app.entry('Port')), str(self.sshd.port))
        app.label(rf'^{self.sshd.user}@127\.0\.0\.1:{self.sshd.port}$')
        app.fill('SSH Key', str(self.key))
        app.fill('Name of the Connection', 'gpu01')
        app.fill('Remote Path', str(self.solver))
        app.fill('Server Port', str(self.server_port))
        app.fill('Local Port', str(self.local_port))
        app.click('Save and Connect')

        self.confirm_fingerprint(app)
        app.label('^Connected$', timeout=30)
        app.label('^Solver ready$', timeout=30)
        app.label('Not reachable from the network')
        app.label('Reached: the solver answers')

        address = f'127.0.0.1:{self.local_port}'
        app.label(f'^{address}$')
        app.click('Copy Address')
        # Not the toast that says so: it may have gone again before a busy machine has looked for it.
        app.paste_into('Search connections', address)
        with socket.create_connection(('127.0.0.1', self.local_port), 5):
            pass
        app.label('listening|SERVER|server', timeout=20)

        app.click('Stop Solver')
        app.label('^Solver stopped$', timeout=30)
        app.gone('button', 'Copy Address')
        app.command('win.toggle-connection')
        app.label('^Offline$')

    def confirm_fingerprint(self, app):
        """Paste-to-compare answers in words, and a stray Enter trusts nothing."""
        app.label('^Verify “gpu01”[?]$', timeout=30)
        fingerprint = self.sshd.fingerprints()[0]
        app.label(fingerprint.replace('+', '[+]'))
        entry = app.type_into('Paste the fingerprint you were given', 'SHA256:' + 'A' * 43)
        app.label('^It does not match')
        Atspi.EditableText.set_text_contents(entry, fingerprint)
        app.label('^It matches')
        app.keys('Return')
        xdotool('sleep', '0.3')
        app.label('^Verify “gpu01”[?]$')
        self.assertFalse((self.home / '.ssh/known_hosts').exists(), 'Enter trusted the key')
        app.click('Trust and Connect')


if __name__ == '__main__':
    unittest.main()

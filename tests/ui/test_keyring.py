# SPDX-License-Identifier: GPL-3.0-or-later
"""A passphrase remembered in a real keyring, and what becomes of it when the key gets another one."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, states, wait  # noqa: E402

LABEL = 'Unlock the Key'
REMEMBER = re.compile('^_?Remember in keyring$')    # GTK 4.8 leaves a mnemonic in


class Keyring(Journey):
    def setUp(self):
        if shutil.which('gnome-keyring-daemon') is None:
            self.skipTest('gnome-keyring is not installed')
        super().setUp()
        self.set_passphrase('', 'first')
        self.trust()
        self.profile()

    def set_passphrase(self, old, new):
        subprocess.run(['ssh-keygen', '-q', '-p', '-P', old, '-N', new, '-f', str(self.key)], check=True,
                       stdout=subprocess.DEVNULL)

    def start_keyring(self):
        """On the bus of xrun.sh, from which no keyring can be activated, with a home of the test's own."""
        runtime = self.home / 'runtime'
        runtime.mkdir(mode=0o700)
        own = {'HOME': str(self.home), 'XDG_DATA_HOME': str(self.home / 'data'),
               'XDG_RUNTIME_DIR': str(runtime)}
        daemon = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--unlock',
                                   '--components=secrets'], env={**os.environ, **own},
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.kill)
        daemon.stdin.write(b'keyring')
        daemon.stdin.close()
        wait(lambda: subprocess.run(
            ['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.DBus', '/',
             'org.freedesktop.DBus.GetNameOwner', 'string:org.freedesktop.secrets'],
            capture_output=True, check=True), 'the keyring')

    def begin(self):
        """The program, anew: what was kept until quit is gone."""
        if self.app is not None:
            self.assertEqual(self.app.close(), 0)
        self.start('--connect', 'gpu01')
        return self.app

    def unlock(self, app, passphrase):
        app.label(f'^{LABEL}$', timeout=30)
        app.type(passphrase)
        app.keys('Return')

    def remember_box(self, app):
        return app.all('check box', REMEMBER)

    def test_remembered_then_wrong(self):
        self.start_keyring()
        app = self.begin()
        app.label(f'^{LABEL}$', timeout=30)
        box = app.find('check box', REMEMBER)
        self.assertNotIn('checked', states(box), 'nobody asked for that')
        app.keys('alt+r')
        wait(lambda: 'checked' in states(box), 'the tick')
        app.keys('shift+Tab', 'shift+Tab')
        self.unlock(app, 'first')
        app.label('^Connected$', timeout=30)

        app = self.begin()
        app.label('^Connected$', timeout=30)

        self.set_passphrase('first', 'second')
        app = self.begin()
        self.unlock(app, 'second')
        app.label('^Connected$', timeout=30)
        # Not ticked this time, and the wrong one was removed: asked again, and for the first time.
        app = self.begin()
        app.label(f'^{LABEL}$', timeout=30)
        self.assertFalse(app.all('label', 'Wrong passphrase'))
        app.keys('Escape')

    def test_without_a_keyring_there_is_no_box(self):
        app = self.begin()
        app.label(f'^{LABEL}$', timeout=30)
        self.assertFalse(self.remember_box(app))
        self.unlock(app, 'first')
        app.label('^Connected$', timeout=30)


if __name__ == '__main__':
    unittest.main()

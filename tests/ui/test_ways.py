# SPDX-License-Identifier: GPL-3.0-or-later
"""Other ways to a host: through a jump host, through a command that came with the line, with a code."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey  # noqa: E402

from chain import PASSPHRASE, Chain  # noqa: E402
from fairlead_test import needs_pam  # noqa: E402

CODE = '314159'
PIPE = """\
import os, socket, sys, threading
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
def up():
    while data := os.read(0, 65536):
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := s.recv(65536):
    os.write(1, data)
"""


class JumpHost(Journey):
    def test_each_host_asks_in_its_own_name(self):
        with Chain(2, encrypted=1) as chain:
            known = self.home / '.ssh/known_hosts'
            config = self.home / '.ssh/config'
            config.write_text(chain.config('jump', known_hosts=known).read_text())
            config.chmod(0o600)
            self.profile('render farm', **{'host': 'hop2', 'port': 0, 'user': '', 'key-path': '',
                                           'remote-path': ''})
            app = self.start()
            app.command('win.connect')
            app.label('^Verify “hop1”[?]$', timeout=30)
            app.label('jump host, on the way to “render farm”')
            app.click('Trust and Connect')
            app.label('“hop1”, on the way to “render farm” signs in with the key', timeout=30)
            app.focused_window()
            app.type(PASSPHRASE)
            app.keys('Return')
            app.label('^Verify “render farm”[?]$', timeout=30)
            app.click('Trust and Connect')
            app.label('^Connected$', timeout=30)
            self.assertEqual(len(known.read_text().splitlines()), 2)
            app.command('win.toggle-connection')
            app.label('^Offline$')


class ProxyCommand(Journey):
    def test_a_pasted_command_runs_only_when_allowed(self):
        pipe = self.home / 'pipe.py'
        ran = self.home / 'ran'
        pipe.write_text(f'open({str(ran)!r}, "a").write("x")\n{PIPE}')
        command = f'python3 {pipe} {self.sshd.port}'
        self.profile(type='SSH Command', **{
            'remote-path': '',
            'command': f'ssh -i {self.key} -p {self.sshd.port} -o "ProxyCommand={command}" '
                       f'{self.sshd.user}@127.0.0.1'})
        self.trust()
        app = self.start()
        app.command('win.connect')
        app.label('^Run This Command[?]$', timeout=30)
        app.label(f'^{command}$')
        app.keys('Return')          # Cancel is the default
        app.label('^(Failed|Offline)$')
        self.assertFalse(ran.exists(), 'it ran without leave')

        app.command('win.connect')
        app.click('Run This Command', timeout=30)
        app.label('^Connected$', timeout=30)
        self.assertEqual(ran.read_text(), 'x')
        app.command('win.toggle-connection')
        app.label('^Offline$')
        # Allowed once, it is not asked about again.
        app.command('win.connect')
        app.label('^Connected$', timeout=30)
        app.command('win.toggle-connection')
        app.label('^Offline$')


@needs_pam
class SecondFactor(Journey):
    def test_a_wrong_code_then_the_right_one(self):
        check = self.home / 'check'
        check.write_text(f'#!/bin/sh\n[ "$(tr -d "\\0")" = {CODE} ]\n')
        check.chmod(0o755)
        self.home.chmod(0o755)
        self.sshd.stop()
        self.sshd.pam = (f'auth required pam_exec.so quiet expose_authtok {check}\n'
                         'auth required pam_permit.so\n'
                         'account required pam_permit.so\nsession required pam_permit.so\n')
        self.sshd.options = {**self.sshd.options,
                             'AuthenticationMethods': 'publickey,keyboard-interactive'}
        self.sshd.start()
        self.trust()
        self.profile(**{'remote-path': ''})
        app = self.start()
        app.command('win.connect')
        app.label('^“gpu01” Asks for More$', timeout=30)
        app.label('^Password:$')    # PAM's own words, in the host's box
        app.focused_window()
        app.type('1')
        app.keys('Return')
        app.label('^Not accepted', timeout=30)
        app.type(CODE)
        app.keys('Return')
        app.label('^Connected$', timeout=30)
        app.command('win.toggle-connection')
        app.label('^Offline$')


if __name__ == '__main__':
    unittest.main()

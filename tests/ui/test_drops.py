# SPDX-License-Identifier: GPL-3.0-or-later
"""Real drags from another program; what is given on the command line; the keyboard alone."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import BUILD, Journey, text_of, wait, xdotool  # noqa: E402


class Drops(Journey):
    def drag(self, node, *what):
        """Drag from a second program onto NODE."""
        app = self.app
        x, y = app.centre(node)
        source = subprocess.Popen([str(BUILD / 'tests/ui/drag-source'), *map(str, what)],
                                  env={**os.environ, 'GTK_A11Y': 'none'})
        self.addCleanup(source.wait)
        self.addCleanup(source.terminate)
        window = wait(lambda: xdotool('search', '--onlyvisible', '--name', '^Drag Source$').split(),
                      'the drag source')[-1]
        xdotool('windowmove', '--sync', window, 0, 880)
        xdotool('windowraise', window)
        shell = dict(line.split('=') for line in
                     xdotool('getwindowgeometry', '--shell', window).split())
        sx, sy = int(shell['X']) + 100, int(shell['Y']) + 90
        xdotool('mousemove', sx, sy, 'sleep', '0.2', 'mousedown', 1, 'sleep', '0.1')
        for k in range(1, 21):
            xdotool('mousemove', sx + (x - sx) * k // 20, sy + (y - sy) * k // 20, 'sleep', '0.02')
        xdotool('mousemove', x + 1, y, 'sleep', '0.3', 'mouseup', 1)

    def test_key_file_on_the_first_run_page_fills_the_editor(self):
        app = self.start()
        # Over the entry, which would take it for text if the window did not catch it first.
        self.drag(app.entry('Paste an ssh command, or type a host'), '--file', self.key)
        wait(lambda: text_of(app.entry('SSH Key')) == '~/id_test', 'the key in the editor')

    def test_key_file_on_the_editor(self):
        app = self.start()
        app.command('win.new')
        self.drag(app.entry('Remote Path'), '--file', self.key)
        wait(lambda: text_of(app.entry('SSH Key')) == '~/id_test', 'the key in the editor')
        self.assertEqual(text_of(app.entry('Remote Path')), '')

    def test_text_of_a_command_fills_the_editor(self):
        app = self.start()
        command = 'ssh -p 2222 artist@gpu01'
        self.drag(app.entry('Paste an ssh command, or type a host'), '--text', command)
        wait(lambda: text_of(app.entry('SSH Command')) == command, 'the command in the editor')


class CommandLine(Journey):
    def test_uri_fills_the_editor_and_does_not_connect(self):
        app = self.start(f'ssh://artist@127.0.0.1:{self.sshd.port}')
        wait(lambda: text_of(app.entry('User')) == 'artist', 'the user in the editor')
        self.assertNotIn('Connection from', self.sshd.log())

    def test_connect_by_name(self):
        self.trust()
        self.profile(name='the box')
        app = self.start('--connect', 'the box')
        app.label('^Connected$', timeout=30)

    def test_connect_to_an_unknown_name_says_so(self):
        self.profile()
        app = self.start('--connect', 'nobody')
        app.label('There is no connection named “nobody”')


class Keyboard(Journey):
    def test_the_whole_job_without_a_pointer(self):
        app = self.start()
        app.focused_window()
        app.keys('ctrl+n')
        app.entry('Host')
        app.focused_window()
        for field, text in [('Host', '127.0.0.1'), ('Port', str(self.sshd.port)),
                            ('User', self.sshd.user), ('SSH Key', str(self.key)),
                            ('Generate a New Key…', ''), ('Choose a Key File', ''),
                            ('Jump Host', ''), ('Name of the Connection', 'gpu01')]:
            app.focused(field)
            if text:
                app.type(text)
            app.keys('Tab')
        wait(lambda: text_of(app.entry('Name of the Connection')) == 'gpu01', 'the name')
        app.keys('alt+n')               # Save and Connect
        app.label('^Verify “gpu01”', timeout=30)
        app.focused_window()
        app.keys('Escape')
        app.label('^Failed$')
        app.keys('ctrl+Return')
        app.label('^Verify “gpu01”', timeout=30)
        app.focused_window()
        app.keys('alt+t')               # Trust and Connect
        app.label('^Connected$', timeout=30)
        app.keys('ctrl+question')
        app.label('^Keyboard shortcuts$|^New connection$')
        app.keys('Escape')
        app.keys('ctrl+Return')         # Disconnect
        app.label('^Offline$')
        app.keys('ctrl+q')
        self.assertEqual(app.wait_end(), 0)


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A solve from the scene to its end: by the card's buttons and by the keyboard, and told to who looks away."""

import json
import pathlib
import re
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from notifications import Notifications  # noqa: E402
from uidrv import Journey, wait, walk, showing, xdotool  # noqa: E402


class Solving(Journey):
    def ready(self, **settings):
        (self.solver / 'demo.env').write_text(''.join(f'FAIRLEAD_DEMO_{k}={v}\n' for k, v in settings.items()))
        self.trust()
        self.profile(**{'project-name': 'drape'})
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    def upload(self):
        """A scene, as the add-on in the artist's program sends it: through the tunnel."""
        header = {'request': 'upload_atomic', 'path': '/p', 'name': 'drape', 'data_size': 4, 'param_size': 3,
                  'data_hash': 'aa', 'param_hash': 'bb'}
        with socket.create_connection(('127.0.0.1', self.local_port)) as connection:
            connection.sendall(b'JSON' + json.dumps(header).encode() + b'\nDATApar')
            self.assertEqual(connection.recv(100), b'OK\n')

    def test_build_start_terminate_resume_delete(self):
        app = self.ready(FRAMES=2000, FPS=20, BUILD=6)
        app.label('^No scene sent yet$')
        self.upload()
        app.label('^Scene not built yet$')
        app.click('Build Scene')
        app.label('^Building$')
        app.label('^Ready to solve$')
        app.keys('ctrl+shift+Return')
        app.label(r'^Frame [1-9]\d* of 2000$')
        app.label(r'^\d+ %')
        app.label(r'^Solving \d+ %$')            # in the sidebar

        app.command('win.solve-terminate')
        app.label('^Terminate the Solve of “drape”[?]$')
        app.keys('Escape')                       # nothing is lost by a stray key
        app.gone('label', 'Terminate the Solve of “drape”?')
        app.label('^Solving$')
        app.command('win.solve-terminate')
        app.label('^Terminate the Solve of “drape”[?]$')
        app.click('Terminate')
        app.label('^Paused—can be resumed$')
        app.click('Resume Solve')
        app.label('^Solving$')
        app.click('Save and Quit Solve')
        app.label('^Paused—can be resumed$')

        app.command('win.solve-delete')
        app.label('^Delete Project “drape”[?]$')
        app.keys('Return')                       # Cancel is the default
        app.gone('label', 'Delete Project “drape”?')
        app.label('^Paused—can be resumed$')
        app.command('win.solve-delete')
        app.label('^Delete Project “drape”[?]$')
        app.click('Delete')
        app.label('^No scene sent yet$')

    def test_scene_is_uploaded_and_a_file_fetched(self):
        app = self.ready(BUILD=0.2)
        scene, parameters, old = (self.home / name for name in ('data.pickle', 'param.pickle', 'fetched'))
        scene.write_bytes(b'scene' * 100000)
        parameters.write_bytes(b'{}')
        old.write_text('old')
        app.click('Upload Scene…')
        app.label('^Choose a file, or drop it here$')
        self.choose(app, 'Scene: Choose…', scene)
        app.label('data[.]pickle$')
        self.choose(app, 'Parameters: Choose…', parameters)
        app.click('Upload')
        app.label('^Done: 500')
        app.label('^Scene not built yet$')

        app.keys('ctrl+d')
        app.fill('File on the Host', f'{self.solver}/projects/drape/data.pickle')
        self.choose(app, 'Save As: Choose…', old, save=True)
        app.click('Replace', timeout=10)         # the file chooser asks
        app.label('fetched$')
        self.assertEqual(old.read_text(), 'old')
        app.click('Fetch')
        app.label('^from ')
        wait(lambda: old.read_bytes() == scene.read_bytes(), 'the file')
        app.click('Remove Finished')
        app.gone('label', re.compile('^Done: '))

    def test_closing_says_which_transfers_would_end_and_one_can_be_cancelled(self):
        app = self.ready(FAIL='stops-reading')
        scene = self.home / 'data.pickle'
        scene.write_bytes(b'scene' * 2000000)
        app.keys('ctrl+u')
        self.choose(app, 'Scene: Choose…', scene)
        app.label('data[.]pickle$')
        app.click('Upload')
        app.label('of 10[.]0.MB')
        app.keys('ctrl+q')
        app.label('1 transfer is under way')
        app.keys('Escape')
        app.gone('label', re.compile('1 transfer is under way'))
        app.click('Disconnect')
        app.label('^End the Transfer[?]$')
        app.keys('Escape')
        app.gone('label', 'End the Transfer?')
        app.click('Cancel the Transfer')
        app.label('^Cancelled$')
        app.click('Disconnect')
        app.label('^Disconnected[.]')

    def choose(self, app, button, path, save=False):
        """In GTK's own file chooser, by its keyboard."""
        app.click(button)
        app.find('push button', 'Save' if save else 'Open')
        wait(lambda: app.focused_window(), 'the chooser')
        app.keys('ctrl+a' if save else 'ctrl+l')
        app.type(str(path))
        app.keys('Return')

    def test_failed_build_shows_what_the_solver_found(self):
        app = self.ready(FAIL='build-fails', BUILD=0.2)
        app.label('^No scene sent yet$')
        self.upload()
        app.click('Build Scene')
        app.label('^Solve failed$')
        app.label('^The scene cannot be built')
        app.label(r'^The solver found \d+ violations? in the scene$')

    def test_a_finished_solve_is_told_and_leads_back(self):
        desk = Notifications()
        self.addCleanup(desk.close)
        app = self.ready(FRAMES=400, FPS=40, BUILD=0.1)
        app.label('^No scene sent yet$')
        self.upload()
        app.click('Build Scene')
        window = app.focused_window()
        app.click('Start Solve')
        xdotool('windowminimize', window)
        number, title, body = wait(lambda: desk.shown and desk.shown[0], 'a notification', 30)
        self.assertEqual(title, 'Solve finished')
        self.assertRegex(body, r'^drape on gpu01: 400 frames in \d+ seconds?$')
        desk.press(number)
        wait(lambda: app.focused_window() == window, 'the window in front')

    def test_reads_in_a_sensible_order(self):
        """What a screen reader comes to, one after another: the solver, then its solve, then the facts."""
        app = self.ready(AUTOSTART=1, FRAMES=1000)
        app.label(r'^Frame [1-9]\d* of 1000$')
        order = ['^Solver$', '^_?Stop Solver', '^Solver ready$', '^Not reachable from the network$', '^drape$',
                 '^Solving$', '^(_?Save and _?Quit Solve ?)+$', '^Solve Menu$', r'^Frame \d+ of 1000$', r'^\d+ %',
                 '^Progress of the solve$', '^Bound to$', '^GPU$', '^GPU memory$', '^Version$', '^Tunnels$']
        names = [node.get_name() for node in walk(app.root) if showing(node) and node.get_name()]
        found = iter(names)
        for pattern in order:
            self.assertTrue(any(re.search(pattern, name) for name in found), f'{pattern} in {names}')


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""fairlead-cli import, export and list."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))

from events import check_line  # noqa: E402
from fairlead_test import CLI, TestCase  # noqa: E402

TOML = '''
[lab]
type = "SSH"
host = "gpu7.example"
username = "mallory"
key_path = "~/.ssh/mallory"
docker_port = 9191
solver_gpu = 1

[here]
type = "Linux Native"
'''

# Owns the name of the window on the session's bus, and runs a command.
HOLDER = '''
import subprocess, sys
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
              GLib.Variant('(su)', ('io.github.fairlead.Fairlead', 0)), None, 0, -1)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
'''


class Profiles(TestCase):
    def setUp(self):
        super().setUp()
        self.toml = self.tmp / 'connections.toml'
        self.toml.write_text(TOML)

    def saved(self):
        path = self.client_home() / 'config/fairlead/profiles.json'
        return json.loads(path.read_text())['profiles'] if path.exists() else []

    def events(self, *arguments):
        out = self.cli(*arguments, '--json')
        return out.returncode, [check_line(line) for line in out.stdout.splitlines(keepends=True)]

    def test_list_shows_and_saves_nothing(self):
        out = self.cli('import', '--list', self.toml)
        self.assertEqual((out.returncode, out.stdout), (0, 'lab\tmallory@gpu7.example\n'), out.stderr)
        self.assertIn('solver_gpu', out.stderr)
        self.assertIn('“here” is not imported. It is not over SSH', out.stderr)
        self.assertEqual(self.saved(), [])

    def test_import_once(self):
        code, events = self.events('import', self.toml)
        self.assertEqual([(e['event'], e.get('state')) for e in events],
                         [('connection', 'imported'), ('note', None), ('connection', 'refused'),
                          ('exit', None)])
        self.assertEqual(code, 0)
        self.assertEqual([(p['name'], p['server-port']) for p in self.saved()], [('lab', 9191)])
        code, events = self.events('import', self.toml)
        self.assertEqual((code, events[0]['state']), (0, 'present'))
        self.assertEqual(len(self.saved()), 1)
        out = self.cli('list')
        self.assertEqual((out.returncode, out.stdout), (0, 'lab\tmallory@gpu7.example\n'))
        self.assertEqual(self.events('list')[1][0]['state'], 'saved')

    def test_names(self):
        self.assertEqual(self.cli('import', '--name', 'nobody', self.toml).returncode, 2)
        self.assertEqual(self.cli('import', '--name', 'here', self.toml).returncode, 2)
        self.assertEqual(self.saved(), [])
        for _ in range(2):                                      # by name also what is there
            self.assertEqual(self.cli('import', '--name', 'lab', self.toml).returncode, 0)
        self.assertEqual([p['name'] for p in self.saved()], ['lab', 'lab (2)'])

    def test_aliases_stay_aliases(self):
        config = self.client_home() / '.ssh/config'
        config.write_text('Host gpu8 gpu9 *.lab\n  User ada\n  Port 2222\n')
        self.assertEqual(self.cli('import', '--aliases').returncode, 2)
        out = self.cli('import', '--aliases', '--list')
        self.assertEqual((out.returncode, out.stdout), (0, 'gpu8\tgpu8\ngpu9\tgpu9\n'))
        self.assertEqual(self.cli('import', '--aliases', '--name', 'gpu9').returncode, 0)
        [profile] = self.saved()
        self.assertEqual((profile['host'], profile['user'], profile['port']), ('gpu9', '', 0))
        self.assertIn('port 2222\n', self.cli('resolve', 'gpu9').stdout)

    def test_export_and_import_again(self):
        self.assertEqual(self.cli('import', self.toml).returncode, 0)
        before = self.saved()
        whole, shared = self.tmp / 'whole.json', self.tmp / 'shared.json'
        self.assertEqual(self.events('export', whole)[1][0]['state'], 'exported')
        self.assertEqual(whole.stat().st_mode & 0o777, 0o600)
        self.assertIn('mallory', whole.read_text())
        self.assertEqual(self.cli('export', whole).returncode, 2)               # never over another file
        self.assertEqual(self.cli('export', '--force', whole).returncode, 0)
        self.assertEqual(self.cli('export', '--share', '--name', 'lab', shared).returncode, 0)
        self.assertNotIn('mallory', shared.read_text())
        self.assertEqual(json.loads(self.cli('export', '--share', '-').stdout), json.loads(shared.read_text()))
        self.assertEqual(self.cli('export', '--name', 'nobody', self.tmp / 'x').returncode, 2)
        (self.client_home() / 'config/fairlead/profiles.json').unlink()
        self.assertEqual(self.cli('export', self.tmp / 'x').returncode, 3)      # nothing to export
        self.assertEqual(self.cli('import', whole).returncode, 0)
        after = self.saved()
        for profile in before + after:
            del profile['id']
        self.assertEqual(after, before)

    def test_files_that_are_none(self):
        for text in ('', '[a\n', '{}', '\x00', '[' * 100000):
            self.toml.write_text(text)
            with self.subTest(text[:10]):
                code, events = self.events('import', self.toml)
                self.assertEqual((code, [e['event'] for e in events]), (3, ['error', 'exit']))
                self.assertTrue(events[0]['message'].startswith(str(self.toml)))
        self.assertEqual(self.cli('import', self.tmp / 'missing').returncode, 3)
        self.assertEqual(self.cli('import').returncode, 2)
        self.assertEqual(self.saved(), [])

    def test_not_behind_the_back_of_the_window(self):
        holder = self.tmp / 'holder.py'
        holder.write_text(HOLDER)
        out = subprocess.run(['dbus-run-session', '--', '/usr/bin/python3', holder, CLI, 'import', self.toml],
                             env=self.client_environ(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((out.returncode, out.stdout), (3, ''), out.stderr)
        self.assertIn('window is open', out.stderr)
        self.assertEqual(self.saved(), [])

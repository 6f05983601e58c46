# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the tree must find what they are for: each is shown a seeded fault."""

import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import LIB, ROOT, TestCase  # noqa: E402


class Layers(TestCase):
    def _check(self, path, include):
        tree = self.tmp / 'tree'
        shutil.copytree(ROOT / 'src', tree / 'src', ignore=shutil.ignore_patterns('*.ui', '*.css'))
        with (tree / 'src' / path).open('a') as f:
            f.write(f'#include {include}\n')
        return subprocess.run([ROOT / 'tests' / 'check-layers', tree], stdout=subprocess.PIPE, text=True,
                              check=False)

    def test_a_toolkit_in_core(self):
        out = self._check('core/fairlead-error.c', '<gtk/gtk.h>')
        self.assertIn('not ok 1 - core', out.stdout)
        self.assertIn('core/fairlead-error.c', out.stdout)

    def test_a_socket_in_core(self):
        tree = self.tmp / 'tree'
        shutil.copytree(ROOT / 'src', tree / 'src')
        with (tree / 'src/core/fairlead-error.c').open('a') as f:
            f.write('  int fd = socket (AF_INET, SOCK_STREAM, 0);\n')
        out = subprocess.run([ROOT / 'tests' / 'check-layers', tree], stdout=subprocess.PIPE, text=True,
                             check=False)
        self.assertIn('has a socket', out.stdout)

    def test_libssh2_in_run(self):
        self.assertEqual(self._check('run/fairlead-run.h', '<libssh2.h>').returncode, 1)

    def test_ssh_in_ui(self):
        out = self._check('ui/fairlead-window.c', '"fairlead-ssh-version.h"')
        self.assertIn('which is of ssh: ui sees core and run', out.stdout)

    def test_an_allowed_arrow(self):
        self.assertEqual(self._check('cli/fairlead-cli.c', '"fairlead-error.h"').returncode, 0)


class Count(TestCase):
    def _tap(self, text):
        return subprocess.run([LIB / 'count.py', 'tap', 's'], input=text, stdout=subprocess.PIPE, text=True,
                              check=True).stdout.splitlines()

    def test_tap(self):
        self.assertEqual(self._tap('1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no d\n'),
                         ['pass\ts: a\t', 'fail\ts: b\t', 'skip\ts: c\tno d'])

    def test_tap_that_ends_early(self):
        self.assertEqual(self._tap('1..2\nok 1 - a\n')[-1].split('\t')[:2], ['fail', 's: ended early'])

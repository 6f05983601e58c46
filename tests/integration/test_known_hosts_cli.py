# SPDX-License-Identifier: GPL-3.0-or-later
"""`fairlead-cli known-hosts`, beside ssh-keygen -F, -R and -H."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import TestCase, fixture  # noqa: E402


class KnownHosts(TestCase):
    def setUp(self):
        super().setUp()
        keys = [fixture.shared_keys().get('ed25519', name=name) for name in ('host', 'other-host')]
        self.one, self.two = [' '.join(pathlib.Path(f'{k}.pub').read_text().split()[:2]) for k in keys]
        self.prints = [fixture.fingerprint(f'{k}.pub') for k in keys]
        self.file = self.client_home() / '.ssh' / 'known_hosts'
        self.text = (f'# mine\ngpu,10.0.0.7 {self.one} a comment\n[gpu]:2222 {self.two}\nnonsense\n'
                     f'@cert-authority *.lab {self.one}\n@revoked * {self.two}\ngpu {self.two}\n')
        self.file.write_text(self.text)

    def listed(self, *arguments, code=0):
        """The events known-host, by line."""
        self.events = self.start_cli('known-hosts', '--json', *arguments)
        self.assertEqual(self.events.finish()[0], code, self.events.stderr())
        return {event['line']: event for event in self.events.find('known-host')
                if event['file'] == str(self.file)}

    def test_list(self):
        lines = self.listed()
        self.assertEqual(list(lines), [2, 3, 4, 5, 6, 7])
        self.assertEqual(lines[2]['hosts'], 'gpu,10.0.0.7')
        self.assertEqual(lines[2]['comment'], 'a comment')
        self.assertEqual([lines[n]['sha256'] for n in (2, 3, 4)], [*self.prints, None])
        self.assertIn('OpenSSH', lines[4]['problem'])
        self.assertEqual([lines[n]['marker'] for n in (2, 5, 6)], ['key', 'cert-authority', 'revoked'])

    def test_find(self):
        for host in ['gpu', 'gpu:2222', '[gpu]:2222', '10.0.0.7', 'a.lab', 'x']:
            name = '[gpu]:2222' if ':' in host else host
            out = subprocess.run(['ssh-keygen', '-F', name, '-f', str(self.file)], check=False,
                                 stdout=subprocess.PIPE, text=True).stdout
            expected = [n for n in range(1, 8) if f'found: line {n}' in out]
            self.assertEqual(list(self.listed(host)), expected, host)

    def test_find_hashed(self):
        self.file.write_text(f'gpu {self.one}\n')
        subprocess.run(['ssh-keygen', '-q', '-H', '-f', str(self.file)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertIsNone(self.listed('gpu')[1]['hosts'])
        self.assertEqual(self.listed('cpu'), {})
        out = self.cli('known-hosts', 'gpu').stdout
        self.assertIn('(hashed)', out)
        self.assertIn(self.prints[0], out)

    def test_remove_like_keygen(self):
        text = (f'gpu,10.0.0.7 {self.one}\n@revoked * {self.two}\n*.gpu,gpu? {self.two}\n'
                f'gpu {self.two}\nbox {self.one}\n')
        self.file.write_text(text)
        self.assertEqual(list(self.listed('--remove', 'gpu')), [1, 4])
        ours = self.file.read_text()
        self.file.write_text(text)
        subprocess.run(['ssh-keygen', '-q', '-R', 'gpu', '-f', str(self.file)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertEqual(ours, self.file.read_text())

    def test_remove_nothing(self):
        self.assertEqual(self.listed('--remove', 'never.seen'), {})
        self.assertIn('never.seen', self.events.stderr())
        self.assertEqual(self.file.read_text(), self.text)

    def test_hash(self):
        self.listed('--hash')
        event = self.events.find('hashed')[0]
        self.assertEqual(pathlib.Path(event['backup']).read_text(), self.text)
        found = subprocess.run(['ssh-keygen', '-F', 'gpu', '-f', str(self.file)], check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(found.count('|1|'), 2)
        self.assertNotIn('\ngpu', self.file.read_text())
        self.listed('--hash')
        self.assertIsNone(self.events.find('hashed')[0]['backup'])

    def test_given_file(self):
        other = self.tmp / 'other'
        other.write_text(f'box {self.one}\n')
        done = self.cli('known-hosts', '-f', other)
        self.assertEqual(done.stdout, f'{other}:1: box ED25519 {self.prints[0]}\n')
        self.assertEqual(self.cli('known-hosts', '--remove', '-f', other, 'box').returncode, 0)
        self.assertEqual(other.read_text(), '')
        self.assertEqual(self.file.read_text(), self.text)

    def test_usage(self):
        for arguments in [['--remove'], ['a', 'b'], ['--hash', 'a'], ['--hash', '--remove', 'a'], ['--x']]:
            self.assertEqual(self.cli('known-hosts', *arguments).returncode, 2, arguments)
        self.assertEqual(self.listed('-f', self.tmp, code=3), {})

# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts rely on: usage, exit codes, standard output, and whose files are touched."""

import json
import os
import pathlib
import pwd
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from events import check_line  # noqa: E402
from fairlead_test import fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402


class Usage(SolverCase):
    def test_version_names_the_libraries(self):
        out = self.cli('--version')
        self.assertEqual(out.returncode, 0)
        self.assertRegex(out.stdout, r'\Afairlead-cli \d\S*\nlibssh2 \d\S* \([^)]+\)\nOpenSSL \d\S*\n\Z')

    def test_help(self):
        out = self.cli('--help')
        self.assertEqual((out.returncode, out.stderr), (0, ''))
        for command in ('connect', 'export', 'import', 'key', 'list', 'resolve'):
            self.assertRegex(out.stdout, rf'(?m)^  {command} ')
            self.assertEqual(self.cli(command, '--help').returncode, 0)

    def test_wrong_usage(self):
        key = 'SHA256:' + 'A' * 43
        for arguments in ([], ['conect', 'x'], ['connect'], ['connect', 'a', 'b'], ['connect', '--frob', 'a'],
                          ['connect', '--server-port', '0x', 'a'], ['connect', '--server-port', '65536', 'a'],
                          ['connect', '--local-port', '-1', 'a'], ['connect', '--timeout', '-1', 'a'],
                          ['connect', '--host-key', 'MD5:00', 'a'], ['connect', '--host-key', key[:-1], 'a'],
                          ['connect', '--detach', '--stop-on-exit', 'a'], ['connect', ''],
                          ['connect', 'somebody@192.0.2.1'],       # no remote path
                          ['connect', '--remote-path', 'relative', 'a'],
                          ['connect', '--remote-path', '/x', '--project', 'two words', 'a'],
                          ['connect', 'ssh -p 22'], ['connect', 'ssh "unclosed'], ['connect', '--', '-oX=y']):
            with self.subTest(arguments):
                out = self.cli(*arguments)
                self.assertEqual((out.returncode, out.stdout), (2, ''), out.stderr)
                self.assertTrue(out.stderr)

    def test_a_command_without_host(self):
        out = self.cli('connect', 'ssh -p 22 -i key')
        self.assertIn('Failed to parse command. Ensure it includes host.', out.stderr)

    def test_resolve_prints_what_ssh_prints(self):
        config = self.tmp / 'ssh_config'
        config.write_text('Host gpu\n  HostName 127.0.0.1\n  Port 2222\n  User ada\n')
        ours = self.cli('resolve', '-F', config, 'gpu')
        self.assertEqual((ours.returncode, ours.stderr), (0, ''))
        theirs = subprocess.run(['ssh', '-G', '-F', str(config), 'gpu'], stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.DEVNULL, check=True).stdout.splitlines()
        lines = [line for line in ours.stdout.splitlines()
                 if not line.startswith('userknownhostsfile ')]  # the tests' home is not the account's
        self.assertIn('hostname 127.0.0.1', lines)
        self.assertEqual([line for line in theirs if line in lines], lines)

    def test_resolve_with_json(self):
        out = self.cli('resolve', '-F', '/dev/null', '--json', 'ada@gpu:2222')
        events = [check_line(line) for line in out.stdout.splitlines(keepends=True)]
        values = {e['keyword']: (e['value'], e['source']) for e in events if e['event'] == 'value'}
        self.assertEqual((values['user'], values['port']), (('ada', 'given'), ('2222', 'given')))
        self.assertEqual((events[-1]['event'], events[-1]['code'], out.returncode), ('exit', 0, 0))

    def test_resolve_names_the_hosts_on_the_way(self):
        config = self.tmp / 'ssh_config'
        config.write_text('Host gpu\n  ProxyJump b@two:2\nHost two\n  HostName 127.0.0.2\n  ProxyJump one\n'
                          'Host one\n  ProxyCommand nc %h %p\n  User a\n')
        out = self.cli('resolve', '-F', config, '--json', 'ada@gpu')
        hops = [e for e in map(check_line, out.stdout.splitlines(keepends=True)) if e['event'] == 'hop']
        self.assertEqual([(e['user'], e['host'], e['port'], e['line'], e['target']) for e in hops],
                         [('a', 'one', 22, 5, False), ('b', '127.0.0.2', 2, 2, False),
                          ('ada', 'gpu', 22, None, True)])
        self.assertEqual(hops[0]['proxy_command'], 'nc one 22')

    def test_wrong_usage_with_json(self):
        out = self.cli('connect', '--json', 'ssh -p 22')
        events = [check_line(line) for line in out.stdout.splitlines(keepends=True)]
        self.assertEqual([e['event'] for e in events], ['error', 'exit'])
        self.assertEqual((events[0]['kind'], events[1]['code'], out.returncode), ('usage', 2, 2))


class Configuration(SolverCase):
    def config(self, text):
        path = self.tmp / 'ssh_config'
        path.write_text(text)
        return path

    def test_what_cannot_be_followed_is_refused(self):
        for keyword, value in (('ProxyJump', 'gpu'), ('ProxyCommand', '-'),
                               ('PubkeyAuthentication', 'no'), ('RefuseConnection', 'gone')):
            with self.subTest(keyword):
                config = self.config(f'Host gpu\n  Port 22\n  {keyword} {value}\n')
                cli = self.start_cli('connect', 'gpu', '--json', '-F', config, '--remote-path', '/x')
                error = self.end(cli, 3, 'config')
                text = error['message'] + str(error['hint'])
                self.assertIn(keyword.lower(), text.lower())
                self.assertRegex(text, re.escape(str(config)) + r'(:|, line )3')
                self.assertFalse(cli.find('step', step='connect', state='running'))

    def test_match_exec_needs_a_person(self):
        config = self.config('Match host gpu exec "touch x"\n  User nobody\n')
        cli = self.start_cli('connect', 'gpu', '--json', '-F', config, '--remote-path', '/x', cwd=self.tmp)
        self.end(cli, 8, 'needs-person')
        self.assertFalse((self.tmp / 'x').exists())

    def test_unknown_keyword_is_an_error_as_in_ssh(self):
        config = self.config('\nFrobnicate yes\n')
        cli = self.start_cli('connect', 'gpu', '--json', '-F', config, '--remote-path', '/x')
        error = self.end(cli, 3, 'config')
        self.assertIn(str(config), error['message'])

    def test_alias(self):
        server, path = self.sshd(), self.solver()
        config = self.config(f'Host gpu\n  HostName 127.0.0.1\n  Port {server.port}\n  User {server.user}\n'
                             f'  IdentityFile {server.identity}\n  UserKnownHostsFile {self.tmp}/known\n')
        server.known_hosts(self.tmp / 'known')
        cli = self.start_cli('connect', 'gpu', '--json', '--detach', '-F', config, '--remote-path', path,
                             '--server-port', fixture.free_port())
        self.end(cli, 0)
        self.assert_runs(path)

    def test_ssh_line(self):
        server, path = self.sshd(), self.solver()
        line = f'ssh -p {server.port} -i "{server.identity}" {server.target}'
        self.run_detached(server, path, target=line, key=None)
        self.assert_runs(path)

    def test_uri(self):
        server, path = self.sshd(), self.solver()
        self.run_detached(server, path, target=f'ssh://{server.target}:{server.port}')
        self.assert_runs(path)

    def test_host_names_that_would_be_options_or_commands(self):
        for target in ('-oProxyCommand=touch x', 'x;touch x', '$(touch x)', 'a b@c', 'u@`touch x`'):
            with self.subTest(target):
                out = self.cli('connect', '--remote-path', '/x', '--', target, cwd=self.tmp)
                self.assertIn(out.returncode, (2, 3), out.stderr)
                self.assertFalse((self.tmp / 'x').exists())


class Profiles(SolverCase):
    def write(self, *profiles):
        directory = self.client_home() / 'config' / 'fairlead'
        directory.mkdir(mode=0o700, parents=True)
        file = directory / 'profiles.json'
        file.write_text(json.dumps({'version': 1, 'profiles': list(profiles)}))
        file.chmod(0o600)
        return file

    def test_saved_profile_by_name(self):
        server, path = self.sshd(), self.solver()
        self.known(server)
        file = self.write({'id': '1f0c5b3e-6f5e-4a5e-9a0a-000000000001', 'name': 'My GPU', 'type': 'SSH',
                           'host': '127.0.0.1', 'port': server.port, 'user': server.user,
                           'key-path': str(server.identity), 'remote-path': str(path),
                           'server-port': fixture.free_port()})
        before = file.read_bytes()
        cli = self.start_cli('connect', 'My GPU', '--json', '--detach', '-F', '/dev/null')
        self.end(cli, 0)
        self.assert_runs(path)
        self.assertEqual(file.read_bytes(), before)

    def test_container_without_a_path_is_refused(self):
        self.write({'id': '1f0c5b3e-6f5e-4a5e-9a0a-000000000002', 'name': 'Boxed',
                    'type': 'Docker over SSH', 'host': '127.0.0.1', 'container': 'solver'})
        cli = self.start_cli('connect', 'Boxed', '--json')
        self.end(cli, 2, 'usage')


class OwnFiles(SolverCase):
    def test_nothing_of_the_persons_own_is_touched(self):
        """The real home of the account that runs the tests is as it was, known_hosts above all."""
        ssh = pathlib.Path(pwd.getpwuid(os.geteuid()).pw_dir) / '.ssh'

        def state():
            return sorted((str(p), p.stat().st_mtime_ns) for p in [ssh, *ssh.rglob('*')] if p.exists())
        before = state()
        server, path = self.sshd(), self.solver()
        cli = self.connect(server, path, '--detach', known=False, environ=self.askpass('yes'))
        self.end(cli, 0)
        self.assertEqual(state(), before)
        self.assertIn(f'[127.0.0.1]:{server.port}',
                      (self.client_home() / '.ssh' / 'known_hosts').read_text())

    def test_own_terminal_is_not_asked_and_standard_input_is_not_read(self):
        server = self.sshd()
        out = subprocess.run([str(self.program()), *map(str, self.arguments(server, '/x', known=False))],
                             input='yes\nyes\n', stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=self.client_environ(), start_new_session=True, timeout=30, check=False)
        self.assertEqual(out.returncode, 8, out.stderr)

    @staticmethod
    def program():
        from fairlead_test import CLI
        return CLI

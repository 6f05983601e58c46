# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the whole job: a real sshd, the demo solver in a folder of the test, and fairlead-cli."""

import contextlib
import os
import pathlib
import shutil
import signal
import stat
import time

from fairlead_test import DEMO, TestCase, fixture


class SolverCase(TestCase):
    """The client knows the server's host key and has the server's identity, unless a test says else."""

    def solver(self, name='solver', *, account=None, program=DEMO, **settings):
        """A folder with a solver as the remote sees it; SETTINGS are FAIRLEAD_DEMO_* without that prefix."""
        home = account.home if account else self.tmp / 'remote'
        path = home / name
        path.mkdir(parents=True)
        shutil.copy(program, path / 'server.py')
        settings = {'START': '0.05', **settings}
        (path / 'demo.env').write_text(''.join(f'FAIRLEAD_DEMO_{k}={v}\n' for k, v in settings.items()))
        if account:
            for entry in [home, *home.rglob('*')]:
                os.chown(entry, account.uid, account.gid)
        return path

    def known(self, server):
        """Let the client know the server's host keys; the known_hosts file."""
        return server.known_hosts(self.client_home() / '.ssh' / 'known_hosts')

    def arguments(self, server, path=None, *, key=True, known=True, server_port=None, target=None):
        """Of `fairlead-cli connect`."""
        if known:
            self.known(server)
        arguments = ['connect', target or f'{server.target}:{server.port}', '--json', '-F', '/dev/null']
        arguments += ['-i', server.identity] if key is True else ['-i', key] if key else []
        arguments += ['--remote-path', path] if path else []
        arguments += ['--server-port', server_port or fixture.free_port()]
        return arguments

    def connect(self, server, path=None, *more, environ=None, **how):
        """Start `fairlead-cli connect … --json`."""
        return self.start_cli(*self.arguments(server, path, **how), *more, environ=environ)

    def end(self, cli, code, kind=None):
        """Wait for the end, with that exit code; the event `error`, if there is one."""
        seen, errors = cli.finish()
        self.assertEqual(seen, code, errors + '\n' + '\n'.join(map(str, cli.events)))
        failures = cli.find('error')
        if kind:
            self.assertEqual([e['kind'] for e in failures], [kind], errors)
        return failures[0] if failures else None

    def run_detached(self, server, path, *more, **how):
        """The whole job, leaving the solver; its events."""
        cli = self.connect(server, path, '--detach', *more, **how)
        self.end(cli, 0)
        return cli

    # What runs on the remote

    def solvers(self, path):
        """Pids of the solvers that run in a folder."""
        found = []
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    command = (entry / 'cmdline').read_bytes().split(b'\0')
                    if (os.path.realpath(entry / 'cwd') == os.path.realpath(path)
                            and b'python' in command[0] and b'server.py' in command):
                        found.append(int(entry.name))
        return found

    def assert_runs(self, path):
        pids = self.solvers(path)
        self.assertEqual(len(pids), 1, f'{len(pids)} solvers in {path}')
        return pids[0]

    def assert_ends(self, path, timeout=10):
        end = time.monotonic() + timeout
        while self.solvers(path):
            self.assertLess(time.monotonic(), end, f'a solver runs in {path} still')
            time.sleep(0.02)

    # Answers for questions

    def askpass(self, *answers):
        """An environment in which SSH_ASKPASS gives these answers in turn; what it was asked is in
        self.asked()."""
        program = self.tmp / 'askpass'
        log = self.tmp / 'asked'
        cases = ''.join(f'{i + 1}) echo {shell_quote(a)};;\n' for i, a in enumerate(answers))
        program.write_text(f'#!/bin/sh\nprintf "%s\\0" "$1" >> {shell_quote(log)}\n'
                           f'n=$(tr -dc "\\0" < {shell_quote(log)} | wc -c)\n'
                           f'case $((n)) in\n{cases}*) exit 1;;\nesac\n')
        program.chmod(stat.S_IRWXU)
        return self.client_environ(SSH_ASKPASS=str(program), SSH_ASKPASS_REQUIRE='force')

    def asked(self):
        log = self.tmp / 'asked'
        return log.read_text().split('\0')[:-1] if log.exists() else []


def listeners(port):
    """Local addresses in hex that listen on a port: proc(5)."""
    found = []
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == '0A' and int(local.rpartition(':')[2], 16) == port:
                found.append(local.rpartition(':')[0])
    return found


def shell_quote(text):
    return "'" + str(text).replace("'", "'\\''") + "'"


def kill_quietly(pid, number=signal.SIGKILL):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)

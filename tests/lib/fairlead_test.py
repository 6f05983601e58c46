# SPDX-License-Identifier: GPL-3.0-or-later
"""What the integration tests share: a temporary folder, servers that go away, and fairlead-cli."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

LIB = pathlib.Path(__file__).resolve().parent
ROOT = LIB.parent.parent
sys.path.insert(0, str(LIB))
import sshd as fixture  # noqa: E402
from events import check_line  # noqa: E402
from sshd import Account, Sshd  # noqa: E402, F401

BUILD = pathlib.Path(os.environ.get('FAIRLEAD_BUILD', ROOT / 'build')).resolve()
CLI = pathlib.Path(os.environ.get('FAIRLEAD_CLI', BUILD / 'src' / 'cli' / 'fairlead-cli'))
DEMO = ROOT / 'tests' / 'demo' / 'server.py'


def needs_root(test):
    return unittest.skipUnless(fixture.is_root(), 'needs root: makes temporary accounts')(test)


def needs_pam(test):
    """An sshd with PAM, and a mount over its settings."""
    works = fixture.is_root() and os.path.exists('/etc/pam.d/sshd') and subprocess.run(
        ['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return unittest.skipUnless(works, 'needs root and mount namespaces: an sshd with PAM of its own')(test)


def needs(program):
    return unittest.skipUnless(shutil.which(program), f'needs {program}')


class TestCase(unittest.TestCase):
    """Each test has self.tmp, gone at its end; the runner gives each a deadline."""

    DEADLINE = 60       # s, each test; a class may set its own

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix='fairlead-test-', ignore_cleanup_errors=True)
        self.addCleanup(holder.cleanup)
        self.tmp = pathlib.Path(holder.name)
        self.tmp.chmod(0o755)

    def sshd(self, **arguments):
        """A running Sshd, stopped at the end of the test."""
        name = f'sshd-{len(list(self.tmp.glob("sshd-*")))}'
        return self.enter(Sshd(self.tmp / name, **arguments))

    def account(self, shell='bash'):
        homes = self.tmp / 'homes'
        homes.mkdir(exist_ok=True)
        homes.chmod(0o755)
        return self.enter(Account(homes, shell))

    def enter(self, manager):
        """The context manager's value; it is left at the end of the test."""
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    # fairlead-cli

    def client_home(self):
        """HOME of the client side: with an empty .ssh."""
        home = self.tmp / 'client'
        (home / '.ssh').mkdir(parents=True, exist_ok=True)
        (home / '.ssh').chmod(0o700)
        runtime = home / 'run'
        runtime.mkdir(exist_ok=True)
        runtime.chmod(0o700)
        return home

    def client_environ(self, **more):
        """An environment in which nothing of the person's own is seen. A value of None takes one out."""
        home = self.client_home()
        environ = {k: v for k, v in os.environ.items()
                   if k not in ('SSH_AUTH_SOCK', 'SSH_ASKPASS', 'DISPLAY', 'WAYLAND_DISPLAY',
                                'SSH_ASKPASS_REQUIRE', 'LANGUAGE')}
        environ.update(HOME=str(home), FAIRLEAD_SSH_HOME=str(home), LC_ALL='C.UTF-8',
                       XDG_CONFIG_HOME=str(home / 'config'), XDG_CACHE_HOME=str(home / 'cache'),
                       XDG_DATA_HOME=str(home / 'data'), XDG_STATE_HOME=str(home / 'state'),
                       XDG_RUNTIME_DIR=str(home / 'run'), GSETTINGS_BACKEND='memory',
                       G_DEBUG='fatal-warnings')
        environ.update(more)
        return {k: v for k, v in environ.items() if v is not None}

    def cli(self, *arguments, environ=None, timeout=30, **popen):
        """Run fairlead-cli to its end, without a terminal; a CompletedProcess with text."""
        return subprocess.run([str(CLI), *map(str, arguments)], env=environ or self.client_environ(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=timeout, start_new_session=True, check=False, **popen)

    def start_cli(self, *arguments, environ=None, **popen):
        """Start fairlead-cli; a Cli, killed at the end of the test if it still runs."""
        return self.enter(Cli(arguments, environ or self.client_environ(), **popen))


class Cli:
    """A running `fairlead-cli … --json`; every line that it writes is held against EVENTS.md."""

    def __init__(self, arguments, environ, **popen):
        self.errors = tempfile.TemporaryFile('w+', encoding='utf-8')
        self.process = subprocess.Popen([str(CLI), *map(str, arguments)], env=environ,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, start_new_session=True, **popen)
        self.events = []

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()

    def _read_event(self):
        line = self.process.stdout.readline()
        if line:
            self.events.append(check_line(line))
        return line

    def find(self, event, **fields):
        """The events of that name and those fields that have been read."""
        return [e for e in self.events
                if e['event'] == event and all(e[k] == v for k, v in fields.items())]

    def wait_for(self, event, **fields):
        """Read events until the one of that name and those fields; fails when the output ends first.

        The deadline is the test's.
        """
        while self._read_event():
            if self.events[-1] in self.find(event, **fields):
                return self.events[-1]
        raise AssertionError(f'no event {event} {fields}; there were:\n'
                             + '\n'.join(map(str, self.events)) + '\nstandard error:\n' + self.stderr())

    def wait_for_tunnel(self):
        """Read events until the tunnel is open; (host, port) to connect to."""
        event = self.wait_for('tunnel', state='open')
        return '127.0.0.1', event['local_port']

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, timeout=30):
        """Read what is left and wait for the end: (exit code, standard error)."""
        while self._read_event():
            pass
        code = self.process.wait(timeout)
        assert self.events, f'no event at all; standard error:\n{self.stderr()}'
        last = self.events[-1]
        assert last['event'] == 'exit', (f'the last event is not exit: {last}; exit code {code}; '
                                         f'standard error:\n{self.stderr()}')
        assert last['code'] == code, f'exit code {code} against {last}; standard error:\n{self.stderr()}'
        return code, self.stderr()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()
        self.errors.close()

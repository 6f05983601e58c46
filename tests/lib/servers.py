#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH servers other than OpenSSH's, from Debian's packages, each as Sshd of sshd.py is.

    with AsyncSsh(host_keys=['rsa']) as server: …

Dropbear and TinySSH read ~/.ssh/authorized_keys of the account alone, so they need root and an
Account; AsyncSsh and ParamikoServer run what they run as ourselves.
From a shell:  tests/lib/servers.py SERVER [-o KEY=JSON]… [--host-key KIND]… [-- COMMAND…]
SERVER is one of dropbear, tinyssh, asyncssh, paramiko; see sshd.py for what COMMAND is given. When the
server is not installed, or needs root, it says so in TAP and does nothing.
"""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sshd import Account, Sshd, is_root  # noqa: E402

LIB = pathlib.Path(__file__).resolve().parent
PYTHON = '/usr/bin/python3'         # the one that Debian's packages are for


def find(program):
    return shutil.which(program, path=os.environ.get('PATH', '') + ':/usr/sbin')


@functools.cache
def has_module(name):
    return subprocess.run([PYTHON, '-W', 'ignore', '-c', f'import {name}'], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


class _AccountServer(Sshd):
    """One that looks for authorized_keys in the account's own home, the fixture's Account."""

    NEEDS_ROOT = True
    PLACE = None                    # where the account's home has to be

    def _write_authorized(self):
        """An account's own file, as sshd(8) wants it."""
        entry = pwd.getpwnam(self.user)
        folder = pathlib.Path(entry.pw_dir) / '.ssh'
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / 'authorized_keys'
        file.write_text(''.join(pathlib.Path(p).read_text() for p in self.authorized))
        file.chmod(0o600)
        for path in (folder, file):
            os.chown(path, entry.pw_uid, entry.pw_gid)


class Dropbear(_AccountServer):
    """OPTIONS are command-line options: {'-j': None, '-W': 1000000}."""

    PROGRAM = find('dropbear')
    COMM = 'dropbear'
    STARTED = r'Not backgrounding'
    REFUSED = r'Failed listening|Premature exit|Early exit'

    @classmethod
    def lacking(cls):
        return None if cls.PROGRAM else 'needs dropbear-bin'

    def command(self):
        self._write_authorized()
        keys = []
        for path in self.host_key_paths():
            converted = self.directory / f'{path.name}.dropbear'
            if not converted.exists():
                subprocess.run(['dropbearconvert', 'openssh', 'dropbear', str(path), str(converted)],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            keys += ['-r', str(converted)]
        options = [str(word) for pair in self.options.items() for word in pair if word is not None]
        return [self.PROGRAM, '-F', '-E', '-m', '-s', '-p', f'{self.bind}:{self.port}',
                '-P', str(self.directory / 'pid'), *keys, *options]


class TinySsh(_AccountServer):
    """Ed25519, chacha20-poly1305, and neither forwarding nor rekeying by time. OPTIONS: none."""

    PROGRAM = find('tinysshd')
    COMM = 'tinysshd'
    STARTED = r'^listening'
    REFUSED = r'^error:'
    PLACE = '/run'                  # no folder above the keys may be one that others can write to

    @classmethod
    def lacking(cls):
        return None if cls.PROGRAM else 'needs tinysshd'

    def host_key_paths(self):
        """Its own key, in a form of its own; the public one beside it is in everybody's."""
        keys = self.directory / 'keys'
        public = self.directory / 'host.pub'
        if not keys.exists():
            subprocess.run([find('tinysshd-makekey'), '-q', str(keys)], check=True)
            printed = subprocess.run([find('tinysshd-printkey'), str(keys)], check=True,
                                     stdout=subprocess.PIPE, text=True).stdout
            public.write_text(printed)
        return [self.directory / 'host']

    def command(self):
        self._write_authorized()
        self.host_key_paths()
        return [PYTHON, str(LIB / 'inetd.py'), str(self.port), self.PROGRAM, '-v', '-P',
                str(self.directory / 'keys')]


class _PythonServer(Sshd):
    PROGRAM = PYTHON
    COMM = 'python3'
    NEEDS_ROOT = False
    STARTED = r'^listening'
    REFUSED = r'[Ee]rror'
    MODULE = None

    @classmethod
    def lacking(cls):
        return None if has_module(cls.MODULE) else f'needs python3-{cls.MODULE}'

    def command(self):
        authorized = self.directory / 'authorized_keys'
        authorized.write_text(''.join(pathlib.Path(p).read_text() for p in self.authorized))
        told = {'port': self.port, 'host_keys': [str(p) for p in self.host_key_paths()],
                'authorized': str(authorized), 'user': self.user,
                'environment': self.environment or {}, 'options': self.options}
        return [PYTHON, '-W', 'ignore', str(LIB / f'{self.MODULE}_server.py'), json.dumps(told)]


class AsyncSsh(_PythonServer):
    """OPTIONS: see asyncssh_server.py."""

    MODULE = 'asyncssh'


class ParamikoServer(_PythonServer):
    """OPTIONS: see paramiko_server.py."""

    MODULE = 'paramiko'


SERVERS = {'dropbear': Dropbear, 'tinyssh': TinySsh, 'asyncssh': AsyncSsh, 'paramiko': ParamikoServer}


def main():
    parser = argparse.ArgumentParser(description='Run a command beside a throwaway SSH server.')
    parser.add_argument('server', choices=SERVERS)
    parser.add_argument('-o', dest='options', action='append', default=[], metavar='KEY=JSON')
    parser.add_argument('--host-key', action='append', metavar='KIND')
    parser.add_argument('command', nargs='+')
    args = parser.parse_args()
    kind = SERVERS[args.server]
    lacking = kind.lacking() or ('needs root' if kind.NEEDS_ROOT and not is_root() else None)
    if lacking:
        print(f'1..0 # SKIP {lacking}')
        return 0
    options = {key: json.loads(value) if value else None
               for key, _, value in (option.partition('=') for option in args.options)}
    with contextlib.ExitStack() as stack:
        user = None
        if kind.NEEDS_ROOT:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix='fairlead-homes-',
                                                                      dir=kind.PLACE))
            os.chmod(place, 0o755)
            user = stack.enter_context(Account(place, 'dash')).name
        server = stack.enter_context(kind(host_keys=args.host_key or ['ed25519'], options=options,
                                          user=user))
        return subprocess.run(args.command, env={**os.environ, **server.environ()},
                              check=False).returncode


if __name__ == '__main__':
    sys.exit(main())

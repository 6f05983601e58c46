#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way of several hosts: real sshds, each with its own port, host key, account and key.

    with Chain(3) as chain:
        subprocess.run(['ssh', '-F', chain.config('jump'), 'hop3', 'true'])

The hosts are hop1, hop2, …; the last one is where the way leads, the others are jump hosts. As root each
has an account of its own. One key may be encrypted. From a shell:

    tests/lib/chain.py [--hosts N] [--encrypted N] [-o N:KEYWORD=VALUE] -- COMMAND…

gives COMMAND these variables: CHAIN_HOSTS; CHAIN_CONFIG, CHAIN_JUMP_CONFIG and CHAIN_COMMAND_CONFIG, which
are ssh_config(5) files whose hosts know nothing of each other, name their jump host, and name a
ProxyCommand; CHAIN_KNOWN_HOSTS, a file that knows them all; CHAIN_PASSPHRASE; and of each host N
CHAIN_PORT_N, CHAIN_PID_N and CHAIN_LOG_N.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import sshd as fixture  # noqa: E402

PASSPHRASE = 'open sesame'


class Chain:
    """OPTIONS: {N: sshd_config(5) lines of host N}. ENCRYPTED: the number of the host whose key has a
    passphrase, or None."""

    def __init__(self, hosts=3, directory=None, *, options=None, encrypted=None):
        self._stack = contextlib.ExitStack()
        self._given = pathlib.Path(directory) if directory else None
        self._n, self._options, self.encrypted = hosts, options or {}, encrypted
        self.directory, self.hosts, self.accounts = None, [], []

    def name(self, number):
        return f'hop{number}'

    def _start(self, number, homes):
        directory = self.directory / self.name(number)
        keys = fixture.Keys(directory / 'keys')
        (directory / 'keys').chmod(0o755)
        if homes:
            self.accounts.append(self._stack.enter_context(fixture.Account(homes)))
        host = fixture.Sshd(directory, keys=keys, options=self._options.get(number),
                            user=self.accounts[-1].name if homes else None)
        host.identity = keys.get('ed25519', passphrase=PASSPHRASE if number == self.encrypted else '')
        host.authorized = [f'{host.identity}.pub']
        self.hosts.append(self._stack.enter_context(host))

    def __enter__(self):
        try:
            self.directory = self._given or pathlib.Path(self._stack.enter_context(
                tempfile.TemporaryDirectory(prefix='fairlead-chain-')))
            self.directory.mkdir(exist_ok=True)
            self.directory.chmod(0o755)
            homes = self.directory / 'homes' if fixture.is_root() else None
            if homes:
                homes.mkdir()
                homes.chmod(0o755)
            for number in range(1, self._n + 1):
                self._start(number, homes)
            self.known_hosts = self.directory / 'known_hosts'
            self.known_hosts.write_text(''.join(line for host in self.hosts
                                                for line in host.known_hosts_lines()))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _way(self, number, way, path):
        """How host NUMBER is reached from the one before."""
        before = self.name(number - 1)
        if number == 1 or way == 'none':
            return []
        if way == 'jump':
            return [f'  ProxyJump {before}']
        return [f'  ProxyCommand ssh -F {path} -W %h:%p {before}']

    def config(self, way='jump', known_hosts=None, extra=()):
        """Write a configuration: WAY is 'none', 'jump' or 'command'. EXTRA lines hold for every host."""
        path = self.directory / f'config-{way}'
        lines = []
        for number, host in enumerate(self.hosts, 1):
            lines += [f'Host {self.name(number)}', f'  HostName {host.bind}', f'  Port {host.port}',
                      f'  User {host.user}', f'  IdentityFile {host.identity}']
            lines += self._way(number, way, path)
        lines += ['Host *', '  IdentitiesOnly yes', '  IdentityAgent none', '  GlobalKnownHostsFile /dev/null',
                  f'  UserKnownHostsFile {known_hosts or self.known_hosts}']
        lines += [f'  {line}' for line in extra]
        path.write_text('\n'.join(lines) + '\n')
        path.chmod(0o644)
        return path

    def environ(self):
        found = {'CHAIN_HOSTS': str(len(self.hosts)), 'CHAIN_KNOWN_HOSTS': str(self.known_hosts),
                 'CHAIN_PASSPHRASE': PASSPHRASE, 'CHAIN_CONFIG': str(self.config('none')),
                 'CHAIN_JUMP_CONFIG': str(self.config('jump')),
                 'CHAIN_COMMAND_CONFIG': str(self.config('command'))}
        for number, host in enumerate(self.hosts, 1):
            found.update({f'CHAIN_PORT_{number}': str(host.port),
                          f'CHAIN_PID_{number}': str(host.process.pid),
                          f'CHAIN_LOG_{number}': str(host.directory / 'sshd.log')})
        return found


def main():
    parser = argparse.ArgumentParser(description='Run a command beside a way of several sshds.')
    parser.add_argument('--hosts', type=int, default=3)
    parser.add_argument('--encrypted', type=int, metavar='N')
    parser.add_argument('-o', dest='options', action='append', default=[], metavar='N:KEYWORD=VALUE')
    parser.add_argument('command', nargs='+')
    args = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _frame: sys.exit(128 + n))
    options = {}
    for option in args.options:
        number, _, line = option.partition(':')
        keyword, _, value = line.partition('=')
        options.setdefault(int(number), {})[keyword] = value
    with Chain(args.hosts, options=options, encrypted=args.encrypted) as chain:
        return subprocess.run(args.command, env={**os.environ, **chain.environ()}, check=False).returncode


if __name__ == '__main__':
    sys.exit(main())

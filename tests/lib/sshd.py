#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real sshd on a free loopback port, with its own keys and configuration.

    with Sshd() as server:
        subprocess.run(['ssh', *server.ssh_options(), server.target, 'true'])

It runs as root (any account can sign in) or as an ordinary user (who alone can). Nothing of the
machine's own sshd, accounts or ~/.ssh is used: HOME of what runs over it is a folder of the fixture.
From a shell:  tests/lib/sshd.py [options] [--print-env] [-- COMMAND…]  (see --help).
"""

import argparse
import contextlib
import os
import pathlib
import pwd
import random
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SSHD = shutil.which('sshd', path=os.environ.get('PATH', '') + ':/usr/sbin:/usr/local/sbin')
DEADLINE = 20.0


def is_root():
    return os.geteuid() == 0


def me():
    return pwd.getpwuid(os.geteuid()).pw_name


_reserved = []


def _reserve(port):
    """A name that one process at a time can have, until its end; tests/unit/run-fixture.c asks for the same."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f'\0fairlead-test-port-{port}')
    except OSError:
        name.close()
        return False
    _reserved.append(name)
    return True


def free_port():
    """A port of 127.0.0.1 that nobody listens on, and that neither another test nor a program that asks for
    any port (ip(7), ip_local_port_range) is given before this process ends."""
    lowest = 10000
    first_of_any = int(pathlib.Path('/proc/sys/net/ipv4/ip_local_port_range').read_text().split()[0])
    ports = range(lowest, first_of_any if first_of_any > lowest + 1000 else 32768)
    for _ in ports:
        port = random.choice(ports)
        with socket.socket() as s, contextlib.suppress(OSError):
            if _reserve(port):
                s.bind(('127.0.0.1', port))
                return port
    raise RuntimeError(f'no port is free in {ports}')


# ---------------------------------------------------------------- keys

class Keys:
    """Keys by ssh-keygen, each made once per folder. RSA takes its time, so share a Keys in a run."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def get(self, kind='ed25519', *, bits=None, passphrase='', name='id', form=None):
        """Path of a private key; the public one is beside it. KIND as in ssh-keygen -t."""
        tag = '-'.join(filter(None, [name, kind, str(bits or ''), form or '',
                                     'p%08x' % (hash_of(passphrase)) if passphrase else '']))
        path = self.directory / tag
        if not path.exists():
            command = ['ssh-keygen', '-q', '-t', kind, '-N', passphrase, '-C', tag, '-f', str(path)]
            command += ['-b', str(bits)] if bits else []
            command += ['-m', form] if form else []
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return path


def hash_of(text):
    value = 0
    for byte in text.encode():
        value = (value * 31 + byte) & 0xffffffff
    return value


_keys = None


def shared_keys():
    """The keys of this run: in $FAIRLEAD_TEST_KEYS, which tests/run sets, else in a temporary folder."""
    global _keys
    if _keys is None:
        directory = os.environ.get('FAIRLEAD_TEST_KEYS')
        if not directory:
            holder = tempfile.TemporaryDirectory(prefix='fairlead-keys-')
            _keys_holder.append(holder)
            directory = holder.name
        _keys = Keys(directory)
    return _keys


_keys_holder = []


def fingerprint(public_key):
    """SHA256:… of a public key file."""
    out = subprocess.run(['ssh-keygen', '-l', '-f', str(public_key)], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return out.split()[1]


# ---------------------------------------------------------------- accounts

class Account:
    """A temporary account (root only), with SHELL one of sh, dash, bash, busybox or a path.

    Always removed: by close(), at exit, on SIGTERM and SIGINT, and, should even that not have run,
    by the next one that is made.
    """

    PREFIX = 'fairlead-t-'
    live = []

    def __init__(self, directory, shell='bash'):
        if not is_root():
            raise PermissionError('only root can make accounts')
        Account.remove_stale()
        number = len(Account.live) + 1
        while True:
            self.name = f'{Account.PREFIX}{os.getpid()}-{number}'
            try:
                pwd.getpwnam(self.name)
            except KeyError:
                break
            number += 1
        self.home = pathlib.Path(directory) / self.name
        self.home.mkdir(mode=0o700)
        self.shell = Account._shell(pathlib.Path(directory), shell)
        Account._install_handlers()
        Account.live.append(self)
        # "*": no password, but not locked either: sshd refuses "!".
        subprocess.run(['useradd', '--no-create-home', '--home-dir', str(self.home), '--shell',
                        self.shell, '--password', '*', '--no-log-init', self.name],
                       check=True, stdin=subprocess.DEVNULL)
        entry = pwd.getpwnam(self.name)
        self.uid, self.gid = entry.pw_uid, entry.pw_gid
        os.chown(self.home, self.uid, self.gid)

    @staticmethod
    def _shell(directory, shell):
        if shell != 'busybox':
            return shutil.which(shell)
        link = directory / 'ash'            # busybox looks at the name that it is called by
        if not link.exists():
            link.symlink_to(shutil.which('busybox'))
        return str(link)

    def processes(self):
        """Pids of this account."""
        found = []
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    if entry.stat().st_uid == self.uid and state_of(entry.name) != 'Z':
                        found.append(int(entry.name))
        return found

    def close(self):
        if self not in Account.live:
            return
        Account.live.remove(self)
        deadline = time.monotonic() + DEADLINE
        while hasattr(self, 'uid') and self.processes() and time.monotonic() < deadline:
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        Account._delete(self.name)
        shutil.rmtree(self.home, ignore_errors=True)

    @staticmethod
    def _delete(name):
        subprocess.run(['userdel', '--force', name], stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)

    @staticmethod
    def close_all():
        for account in list(Account.live):
            account.close()

    @staticmethod
    def remove_stale():
        """Remove the accounts of fixtures that were killed."""
        for entry in pwd.getpwall():
            m = re.fullmatch(re.escape(Account.PREFIX) + r'(\d+)-\d+', entry.pw_name)
            if m and not pathlib.Path('/proc', m[1]).exists():
                Account._delete(entry.pw_name)

    @staticmethod
    def _install_handlers():
        if Account.live:
            return
        import atexit
        atexit.register(Account.close_all)
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, lambda n, _frame: sys.exit(128 + n))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# ---------------------------------------------------------------- processes

def state_of(pid):
    """R, S, … or Z: proc(5)."""
    return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]


def children_of(pid):
    """The descendants of PID, parents first, as (pid, comm), but for those that have ended."""
    parents = {}
    for entry in pathlib.Path('/proc').iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError):
            stat = (entry / 'stat').read_text()
            comm = stat[stat.index('(') + 1:stat.rindex(')')]
            state, parent = stat[stat.rindex(')') + 2:].split()[:2]
            if state != 'Z':
                parents.setdefault(int(parent), []).append((int(entry.name), comm))
    found, queue = [], [pid]
    while queue:
        below = parents.get(queue.pop(0), [])
        found += below
        queue += [p for p, _ in below]
    return found


# ---------------------------------------------------------------- the server

class Sshd:
    """One sshd.

    HOST_KEYS    kinds of key, in order ('ed25519', 'ecdsa', 'rsa'), or paths of private keys
    KEYS         a Keys; the run's own by default
    AUTHORIZED   public key files that may sign in; by default those of `identity` (an Ed25519 key)
    OPTIONS      further sshd_config(5) lines: {'MaxSessions': 1, 'AllowTcpForwarding': 'no'}; a list
                 as value gives several lines
    ENVIRONMENT  of what runs over it. HOME and XDG_STATE_HOME are folders of the fixture by default;
                 None, or a USER other than ourselves, leaves them as the account's
    BIND         the address that it listens on
    PAM          lines of pam.conf(5) to use instead of the machine's own for sshd (root only: a mount
                 of its own over that file); see needs_pam
    """

    PROGRAM, COMM = SSHD, 'sshd'
    STARTED = r'Server listening on'
    REFUSED = r'Bind to port|fatal:|error:|cannot|no hostkeys'

    def __init__(self, directory=None, *, port=None, host_keys=('ed25519',), keys=None,
                 authorized=None, options=None, environment=(), bind='127.0.0.1', user=None,
                 pam=None, log_level='VERBOSE'):
        if self.PROGRAM is None:
            raise FileNotFoundError(f'{type(self).__name__}: the server is not installed')
        self._holder = None
        if directory is None:
            self._holder = tempfile.TemporaryDirectory(prefix='fairlead-sshd-')
            directory = self._holder.name
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)         # the account's own process reads authorized_keys
        self.keys = keys or shared_keys()
        self.bind, self.port, self.user = bind, port, user or me()
        self.host_keys, self.options, self.log_level = list(host_keys), dict(options or {}), log_level
        self.identity = self.keys.get('ed25519')
        self.authorized = [self._public(self.identity)] if authorized is None else list(authorized)
        self.home = self.directory / 'home'
        self.home.mkdir(exist_ok=True)
        self.pam = pam
        self.environment = None if environment is None or self.user != me() else {
            'HOME': str(self.home), 'XDG_STATE_HOME': str(self.home / 'state'), **dict(environment)}
        self.process = None
        self._lines, self._changed = [], threading.Condition()

    @staticmethod
    def _public(private):
        return pathlib.Path(f'{private}.pub')

    # Where to connect

    @property
    def target(self):
        return f'{self.user}@{self.bind}'

    def host_key_paths(self):
        """The private host keys in use. Two servers with the same keys folder have the same keys."""
        paths = []
        for key in self.host_keys:
            paths.append(pathlib.Path(key) if os.sep in str(key)
                         else self.keys.get(str(key), name='host', bits=2048 if key == 'rsa' else None))
        return paths

    def known_hosts_lines(self, host=None):
        """Lines for known_hosts, one for each host key."""
        name = host or (self.bind if self.port == 22 else f'[{self.bind}]:{self.port}')
        return [f'{name} {" ".join(self._public(p).read_text().split()[:2])}\n'
                for p in self.host_key_paths()]

    def known_hosts(self, path=None):
        """Write a known_hosts file that knows this server; its path."""
        path = pathlib.Path(path or self.directory / 'known_hosts')
        path.write_text(''.join(self.known_hosts_lines()))
        return path

    def fingerprints(self):
        return [fingerprint(self._public(p)) for p in self.host_key_paths()]

    def ssh_options(self):
        """Options for ssh(1), sftp(1) … that use the fixture alone."""
        return ['-F', '/dev/null', '-p', str(self.port), '-i', str(self.identity),
                '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes',
                '-o', f'UserKnownHostsFile={self.known_hosts()}', '-o', 'GlobalKnownHostsFile=/dev/null']

    # The server

    def _write_config(self):
        authorized = self.directory / 'authorized_keys'
        authorized.write_text(''.join(pathlib.Path(p).read_text() for p in self.authorized))
        authorized.chmod(0o644)
        lines = {
            'Port': self.port, 'ListenAddress': self.bind,
            'HostKey': [str(p) for p in self.host_key_paths()],
            'AuthorizedKeysFile': authorized, 'PidFile': 'none', 'StrictModes': 'no', 'UsePAM': 'no',
            'PasswordAuthentication': 'no', 'KbdInteractiveAuthentication': 'no',
            'PermitRootLogin': 'yes', 'PrintMotd': 'no', 'PrintLastLog': 'no', 'UseDNS': 'no',
            'MaxStartups': '1000', 'LogLevel': self.log_level,
            'Subsystem': 'sftp internal-sftp',
        }
        if self.environment:
            # One SetEnv with all of them: of several lines only the first counts (sshd_config(5)).
            lines['SetEnv'] = ' '.join(f'"{k}={v}"' for k, v in self.environment.items())
        if self.pam:
            lines.update(UsePAM='yes', KbdInteractiveAuthentication='yes')
        lines.update(self.options)
        config = self.directory / 'sshd_config'
        with config.open('w') as f:
            for keyword, value in lines.items():
                for one in value if isinstance(value, (list, tuple)) else [value]:
                    f.write(f'{keyword} {one}\n')
        return config

    def _mount_pam(self):
        """The beginning of the command: in a mount namespace, where /etc/pam.d/sshd is ours."""
        if not self.pam:
            return []
        service = self.directory / 'pam'
        service.write_text(self.pam)
        return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
                'mount --bind "$0" /etc/pam.d/sshd && exec "$@"', str(service)]

    def command(self):
        """How the server is run: in the foreground, with its log on standard error."""
        if is_root():
            pathlib.Path('/run/sshd').mkdir(mode=0o755, exist_ok=True)
        # By its absolute path: sshd executes itself for each connection.
        return [*self._mount_pam(), SSHD, '-D', '-e', '-f', str(self._write_config())]

    def start(self):
        """Start and wait until it listens."""
        fixed = self.port is not None
        for _ in range(1 if fixed else 5):
            self.port = self.port if fixed else free_port()
            if self._try_start():
                return self
        raise RuntimeError(f'{type(self).__name__} does not start:\n' + self.log())

    def _try_start(self):
        mark = len(self._lines)
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        start_new_session=True)
        threading.Thread(target=self._read_log, args=(self.process,), daemon=True).start()
        if (self.wait_for_log(f'{self.STARTED}|{self.REFUSED}', since=mark)
                and re.search(self.STARTED, self.log(mark))):
            return True
        self.stop()
        return False

    def _read_log(self, process):
        with process.stderr as stream, (self.directory / 'sshd.log').open('ab') as copy:
            for line in stream:
                copy.write(line)
                copy.flush()
                with self._changed:
                    self._lines.append(line.decode(errors='replace').rstrip('\r\n'))
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def log(self, since=0):
        """What sshd has logged; SINCE is a count of lines, as from log_mark()."""
        with self._changed:
            return '\n'.join(self._lines[since:])

    def log_mark(self):
        return len(self._lines)

    def wait_for_log(self, pattern, *, since=0, timeout=DEADLINE):
        """Wait for a line that matches; the match, or None at the deadline."""
        regex, end = re.compile(pattern), time.monotonic() + timeout
        with self._changed:
            while True:
                for line in self._lines[since:]:
                    match = regex.search(line)
                    if match:
                        return match
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

    def connections(self):
        """Pids of the sshd processes that serve connections: monitors and their unprivileged halves."""
        if self.process is None:
            return []
        return [pid for pid, comm in children_of(self.process.pid) if comm == self.COMM]

    def kill_connections(self, number=signal.SIGKILL):
        """End (or stop, or continue) every connection; what runs over them is left alone."""
        pids = self.connections()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return len(pids)

    def stop_listening(self):
        """End the listener; connections go on."""
        self.process.kill()
        self.process.wait(DEADLINE)

    def stop(self):
        """End the server and its connections."""
        if self.process is None:
            return
        connections = self.connections()    # before their parent is gone
        self.process.kill()
        self.process.wait(DEADLINE)
        for pid in connections:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process = None

    def restart(self, **changes):
        """Stop, change (host_keys, options, authorized …) and start on the same port."""
        self.stop()
        for name, value in changes.items():
            setattr(self, name, value)
        return self.start()

    def environ(self):
        """What --print-env prints: all that a client needs."""
        return {
            'SSHD_HOST': self.bind, 'SSHD_PORT': str(self.port), 'SSHD_USER': self.user,
            'SSHD_KEY': str(self.identity), 'SSHD_KNOWN_HOSTS': str(self.known_hosts()),
            'SSHD_FINGERPRINT': self.fingerprints()[0], 'SSHD_HOME': str(self.home),
            'SSHD_LOG': str(self.directory / 'sshd.log'), 'SSHD_PID': str(self.process.pid),
        }

    def close(self):
        self.stop()
        if self._holder:
            self._holder.cleanup()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()


def main():
    parser = argparse.ArgumentParser(description='Run a command beside a throwaway sshd.')
    parser.add_argument('--port', type=int)
    parser.add_argument('--host-key', action='append', metavar='KIND|FILE')
    parser.add_argument('--authorize', action='append', metavar='FILE.pub', default=[])
    parser.add_argument('-o', dest='options', action='append', default=[], metavar='KEYWORD=VALUE')
    parser.add_argument('--account', metavar='SHELL', help='sign in to a temporary account (root only)')
    parser.add_argument('--directory')
    parser.add_argument('--print-env', action='store_true', help='print the variables first')
    parser.add_argument('command', nargs='*', help='given SSHD_HOST, SSHD_PORT … in its environment')
    args = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _frame: sys.exit(128 + n))
    # For sshd and the command: tests with very many connections need it.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options = {}
    for option in args.options:
        keyword, _, value = option.partition('=')
        options.setdefault(keyword, []).append(value)
    with contextlib.ExitStack() as stack:
        user = None
        if args.account:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix='fairlead-homes-'))
            os.chmod(place, 0o755)
            user = stack.enter_context(Account(place, args.account)).name
        server = Sshd(args.directory, port=args.port, host_keys=args.host_key or ['ed25519'],
                      options=options, user=user)
        server.authorized += args.authorize
        stack.enter_context(server)
        if args.print_env:
            for name, value in server.environ().items():
                print(f'{name}={shlex.quote(value)}', flush=True)
        if args.command:
            return subprocess.run(args.command, env={**os.environ, **server.environ()},
                                  check=False).returncode
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are compared, the networks that they are compared on, and what a process costs."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tests' / 'lib'))
BUILD = pathlib.Path(os.environ.get('FAIRLEAD_BENCH_BUILD', ROOT / 'build-bench')).resolve()
os.environ['FAIRLEAD_BUILD'] = str(BUILD)
import delaynet  # noqa: E402
from sshd import Sshd, free_port  # noqa: E402

PEER = BUILD / 'tests' / 'bench' / 'bench-peer'
TUNNEL = BUILD / 'tests' / 'bench' / 'bench-tunnel'
CLI = BUILD / 'src' / 'cli' / 'fairlead-cli'
FIXED_CIPHER = 'aes128-gcm@openssh.com'
DEADLINE = 60           # s


def build():
    """The programs as they are shipped: an optimized build of its own."""
    subprocess.run([ROOT / 'subprojects' / 'get-libssh2'], check=True)
    if not (BUILD / 'build.ninja').exists():
        subprocess.run(['meson', 'setup', '--buildtype=release', BUILD, ROOT], check=True,
                       stdout=subprocess.DEVNULL)
    targets = [p.relative_to(BUILD) for p in (PEER, TUNNEL, CLI, delaynet.PROGRAM)]
    subprocess.run(['ninja', '-C', BUILD, '--quiet', *targets], check=True)


# ---------------------------------------------------------------- what a process costs

def cpu_seconds(pid):
    """CPU time of all threads that PID has and had, as clock_getcpuclockid(3) tells of another process."""
    return time.clock_gettime(~pid << 3 | 2)


def wake_ups(pid):
    """How often a thread of PID has gone to sleep so far."""
    total = 0
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        with contextlib.suppress(FileNotFoundError):        # it ended meanwhile
            for line in (task / 'status').read_text().splitlines():
                if line.startswith('voluntary_ctxt_switches'):
                    total += int(line.split()[1])
    return total


def memory(pid):
    """Proportional set size, in MiB."""
    for line in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines():
        if line.startswith('Pss:'):
            return int(line.split()[1]) / 1024
    raise RuntimeError('no Pss')


def take_precedence(pid, nice):
    """Before what other sessions of this machine do (sched(7), The autogroup feature): nice(2) alone means nothing
    between sessions, and sshd makes one for each connection."""
    with contextlib.suppress(OSError):
        pathlib.Path(f'/proc/{pid}/autogroup').write_text(str(nice))
        os.setpriority(os.PRIO_PROCESS, pid, nice)


# ---------------------------------------------------------------- networks

class Loopback:
    """The machine's own: both ends are one place."""

    CLIENT = SERVER = '127.0.0.1'
    client = server = staticmethod(contextlib.nullcontext)

    def close(self):
        pass


class Network:
    """A network with an sshd and the far peer at its other end. DELAYED: with a delay line."""

    nice = 0

    def __init__(self, directory, delayed):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.net = delaynet.DelayNet() if delayed else Loopback()
        self.name = 'delay' if delayed else 'loopback'
        self.server = Sshd(self.directory / 'sshd', bind=self.net.SERVER, log_level='INFO')
        with self.net.server():
            self.server.start()
            self.peer = subprocess.Popen([PEER, 'serve', '127.0.0.1'], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.port = int(self.peer.stdout.readline())
        self.known_hosts = self.server.known_hosts()
        if delayed:
            take_precedence(self.net.process.pid, self.nice)
        self.home = self.directory / 'home'
        (self.home / '.ssh').mkdir(parents=True, mode=0o700)

    def set_round_trip(self, ms):
        self.net.set_round_trip(ms)

    def config(self, cipher):
        """The path of the ssh_config(5) that all but paramiko go by."""
        path = self.directory / f'config-{cipher}'
        if path.exists():
            return path
        lines = [f'HostName {self.net.SERVER}', f'Port {self.server.port}', f'User {self.server.user}',
                 f'IdentityFile {self.server.identity}', 'IdentitiesOnly yes', 'IdentityAgent none',
                 f'UserKnownHostsFile {self.known_hosts}', 'GlobalKnownHostsFile /dev/null',
                 'BatchMode yes']
        if cipher != 'own':
            lines.append(f'Ciphers {cipher}')
        path.write_text('Host far\n' + ''.join(f'  {line}\n' for line in lines))
        return path

    def environ(self):
        """In which nothing of the person's own is seen."""
        return {**{k: v for k, v in os.environ.items() if k not in ('SSH_AUTH_SOCK', 'SSH_ASKPASS', 'DISPLAY')},
                'HOME': str(self.home), 'FAIRLEAD_SSH_HOME': str(self.home), 'LC_ALL': 'C.UTF-8',
                'XDG_CONFIG_HOME': str(self.home / 'config'), 'XDG_STATE_HOME': str(self.home / 'state'),
                'XDG_RUNTIME_DIR': str(self.home), 'GSETTINGS_BACKEND': 'memory'}

    def spawn(self, command, **popen):
        with self.net.client():
            return subprocess.Popen([str(word) for word in command], env=self.environ(), text=True,
                                    stdin=subprocess.PIPE, **popen)

    def close(self):
        self.peer.stdin.close()
        self.peer.stdout.close()
        self.peer.wait(DEADLINE)
        self.server.close()
        self.net.close()


# ---------------------------------------------------------------- programs

def ssh_command(network, cipher, local_port):
    return ['ssh', '-F', network.config(cipher), '-N', '-o', 'ExitOnForwardFailure=yes',
            '-L', f'127.0.0.1:{local_port}:127.0.0.1:{network.port}', 'far']


def fairlead_command(network, cipher, local_port):
    return [TUNNEL, network.config(cipher), 'far', local_port, network.port]


def cli_command(network, cipher, local_port):
    return [CLI, 'connect', '--json', '-F', network.config(cipher), '--remote-path', '/nonexistent', 'far']


def paramiko_command(network, cipher, local_port):
    server = network.server
    return ['/usr/bin/python3', HERE / 'paramiko-tunnel.py', network.net.SERVER, server.port, server.user,
            server.identity, network.known_hosts, local_port, network.port]


# What each says, and on which stream, once it is signed in.
COMMANDS = {
    'fairlead': (fairlead_command, 'signed-in', 'stdout'),
    'fairlead-cli': (cli_command, '"step":"sign-in","state":"done"', 'stdout'),
    'ssh': (ssh_command, 'Authenticated to', 'stderr'),
    'paramiko': (paramiko_command, 'signed-in', 'stdout'),
}


def available_programs():
    found = ['fairlead']
    if shutil.which('ssh'):
        found.append('ssh')
    if subprocess.run(['/usr/bin/python3', '-c', 'import paramiko'], stderr=subprocess.DEVNULL,
                      check=False).returncode == 0:
        found.append('paramiko')
    return found


class Tunnel:
    """One program, started, with its port. CIPHER: 'own' for what it negotiates by itself. Only with WATCH can it
    be waited for until it is signed in: ssh says more then than a pipe that nobody reads can hold."""

    def __init__(self, network, program, cipher='own', watch=False):
        self.network, self.program, self.cipher = network, program, cipher
        self.port = free_port()
        make, self.sign, stream = COMMANDS[program]
        command = make(network, cipher, self.port)
        if watch and program == 'ssh':
            command.insert(1, '-v')
        streams = {'stdout': subprocess.DEVNULL}
        if watch:
            streams.update({'stderr': subprocess.DEVNULL, stream: subprocess.PIPE})
        self.started = time.monotonic()
        self.process = network.spawn(command, **streams)
        self.output = getattr(self.process, stream)
        self.pid = self.process.pid

    def wait_signed_in(self):
        """Until it says so: seconds from its start."""
        said = ''
        for line in self.output:
            if self.sign in line:
                return time.monotonic() - self.started
            said += line
        raise RuntimeError(f'{self.program} ended:\n{said}')

    def wait_open(self):
        """Until a byte has gone through it and back: seconds from its start."""
        seconds = self.run_peer('first', DEADLINE)['at'] - self.started
        if self.network.nice:
            for pid in self.network.server.connections():
                take_precedence(pid, self.network.nice)
        return seconds

    def start_peer(self, name, *arguments):
        return self.network.spawn([PEER, name, self.port, *arguments], stdout=subprocess.PIPE)

    def run_peer(self, *arguments):
        """What the near peer has measured."""
        peer = self.start_peer(*arguments)
        out, _ = peer.communicate()
        if peer.returncode != 0:
            raise RuntimeError(f'{self.program}: peer {" ".join(map(str, arguments))} failed')
        return json.loads(out)

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        if self.output:
            self.output.close()
        self.process.wait(DEADLINE)


class Job(Tunnel):
    """fairlead-cli with the tunnel to a solver, which it starts and stops."""

    def __init__(self, network):
        self.network, self.program, self.cipher, self.port = network, 'fairlead-cli', 'own', free_port()
        self.sign = '"event":"tunnel","state":"open"'
        remote = network.directory / 'solver'
        remote.mkdir()
        shutil.copy(ROOT / 'tests' / 'demo' / 'server.py', remote / 'server.py')
        self.started = time.monotonic()
        self.process = network.spawn([CLI, 'connect', '--json', '-F', network.config('own'), '--stop-on-exit',
                                      '--remote-path', remote, '--local-port', self.port,
                                      '--server-port', free_port(), 'far'], stdout=subprocess.PIPE)
        self.output, self.pid = self.process.stdout, self.process.pid
        self.wait_signed_in()
        # It may go on to say something, and then must not wait for us.
        threading.Thread(target=self.output.read, daemon=True).start()

    def close(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.process.stdin.close()


class Direct(Tunnel):
    """No tunnel at all: what the two peers could do on the loopback."""

    def __init__(self, network):
        self.network, self.program, self.cipher, self.port = network, 'direct', 'own', network.port
        self.pid = None

    def close(self):
        pass

# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Slurm of Debian's packages (slurmctld, slurmd, slurm-client, munge): a controller and nodes of its own.

    with Slurm(directory) as slurm:
        with Sshd(environment=slurm.environ()) as login:
            subprocess.run(['ssh', *login.ssh_options(), login.target, 'sbatch --wrap hostname'])

Its own munged with its own key and socket, its own slurm.conf, state and spool, ports of its own on one address.
Nothing of the machine's own Slurm is used, nothing is started but by this object, and it ends each by its pid.
With NET, a DelayNet, the controller is at its client's end and the nodes are at its server's: the loopback of a
node is another one than that of the login node.
"""

import contextlib
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time

from sshd import DEADLINE, free_port, me

PATH = os.environ.get('PATH', '') + ':/usr/sbin:/usr/local/sbin'
PROGRAMS = ('munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol')


def available():
    """Whether this machine can run one. slurmd runs the jobs of other accounts, and drops root for that."""
    return os.geteuid() == 0 and all(shutil.which(name, path=PATH) for name in PROGRAMS)


class Slurm:
    """CPUS of each node; LINES are further ones for slurm.conf(5), PARTITION further words for its partition."""

    def __init__(self, directory, *, nodes=1, cpus=1, net=None, lines=(), partition=''):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        self.net, self.cpus = net, cpus
        self.nodes = [f'node{n + 1}' for n in range(nodes)]
        self.lines, self.partition = list(lines), partition
        self.conf = self.directory / 'slurm.conf'
        self.name = f'test{os.getpid()}'
        self.processes = {}

    def environ(self, **more):
        """What the commands of Slurm need to find this one."""
        return {'SLURM_CONF': str(self.conf), **more}

    # Where

    def login(self):
        """The end of the network that the controller and the login node are at."""
        return self.net.client() if self.net else contextlib.nullcontext()

    def at_nodes(self):
        return self.net.server() if self.net else contextlib.nullcontext()

    def addresses(self):
        return (self.net.CLIENT, self.net.SERVER) if self.net else ('127.0.0.1', '127.0.0.1')

    # Starting

    def _write_conf(self):
        controller, node = self.addresses()
        host = socket.gethostname().partition('.')[0]
        place = self.directory
        lines = [
            f'ClusterName={self.name}', f'SlurmctldHost={host}({controller})', 'AuthType=auth/munge',
            'CredType=cred/munge', f'AuthInfo=socket={place}/munge.socket', f'SlurmUser={me()}',
            f'SlurmdUser={me()}', f'SlurmctldPort={free_port()}', f'SlurmctldPidFile={place}/slurmctld.pid',
            f'SlurmdPidFile={place}/slurmd-%n.pid', f'StateSaveLocation={place}/state',
            f'SlurmdSpoolDir={place}/spool-%n', 'ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none',
            'SelectType=select/cons_tres', 'SelectTypeParameters=CR_CPU', 'SwitchType=switch/none',
            'MpiDefault=none', 'AccountingStorageType=accounting_storage/none', 'JobCompType=jobcomp/none',
            'JobAcctGatherType=jobacct_gather/none', 'ReturnToService=2', 'SchedulerType=sched/backfill',
            'SchedulerParameters=bf_interval=1,sched_min_interval=0,batch_sched_delay=0', 'KillWait=1',
            'MessageTimeout=5', 'SlurmdParameters=config_overrides', *self.lines,
        ]
        for name in self.nodes:
            lines.append(f'NodeName={name} NodeHostname={host} NodeAddr={node} Port={free_port()} '
                         f'CPUs={self.cpus} State=UNKNOWN')
        lines.append(f'PartitionName=main Nodes={",".join(self.nodes)} Default=YES DefaultTime=00:30:00 '
                     f'MaxTime=1-00:00:00 State=UP {self.partition}')
        self.conf.write_text('\n'.join(lines) + '\n')

    def _spawn(self, name, *command):
        with (self.directory / f'{name}.log').open('ab') as log:
            self.processes[name] = subprocess.Popen(
                [shutil.which(command[0], path=PATH), *map(str, command[1:])], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, env={**os.environ, **self.environ()})

    def _start_munged(self):
        key, place = self.directory / 'munge.key', self.directory
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self._spawn('munged', 'munged', '--foreground', '--force', f'--key-file={key}', '--num-threads=2',
                    f'--socket={place}/munge.socket', f'--pid-file={place}/munged.pid',
                    f'--log-file={place}/munged.messages', f'--seed-file={place}/munge.seed')
        self.wait_until((place / 'munge.socket').exists)

    def start_controller(self):
        with self.login():
            self._spawn('slurmctld', 'slurmctld', '-D', '-f', self.conf)

    def start_node(self, name):
        """Also one that was stopped."""
        with self.at_nodes():
            self._spawn(name, 'slurmd', '-D', '-N', name, '-f', self.conf)

    def start(self):
        for folder in ('state', *(f'spool-{n}' for n in self.nodes)):
            (self.directory / folder).mkdir(exist_ok=True)
        self._write_conf()
        self._start_munged()
        self.start_controller()
        for name in self.nodes:
            self.start_node(name)
        self.wait_until(lambda: self.states_of_nodes() == {'idle'})
        return self

    # Ending

    def stop(self, name):
        """`slurmctld`, or the name of a node: its slurmd. Jobs run on."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(DEADLINE)

    def of_jobs(self):
        """Pids of what runs in jobs of this cluster, and of the slurmstepd of each."""
        mark, found = f'SLURM_CONF={self.conf}'.encode(), []
        daemons = {p.pid for p in self.processes.values()}
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit() and int(entry.name) not in daemons | {os.getpid()}:
                with contextlib.suppress(OSError):
                    environ = (entry / 'environ').read_bytes().split(b'\0')
                    command = (entry / 'cmdline').read_bytes()
                    if mark in environ and (b'slurmstepd' in command
                                            or any(w.startswith(b'SLURM_JOB_ID=') for w in environ)):
                        found.append(int(entry.name))
        return found

    def close(self):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            ids = [job['id'] for job in self.jobs()]
            if ids:
                self.run('scancel', '--signal=KILL', '--full', *ids)
                self.run('scancel', *ids)
                self.wait_until(lambda: not self.of_jobs(), timeout=5, fail=False)
        for name in [*self.nodes, 'slurmctld', 'munged']:
            self.stop(name)
        end = time.monotonic() + DEADLINE
        while (pids := self.of_jobs()) and time.monotonic() < end:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    # Asking

    def run(self, *command, user=None, check=False):
        """A command of Slurm at the login node's end; a CompletedProcess with text."""
        with self.login():
            return subprocess.run([*map(str, command)], env={**os.environ, **self.environ()}, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE,
                                  user=user, check=check, cwd='/')

    def states_of_nodes(self):
        return set(self.run('sinfo', '-h', '-N', '-o', '%T').stdout.split())

    def jobs(self, *arguments):
        """All jobs that the controller knows: dictionaries with id, state, reason, comment, user and node."""
        names = ('id', 'state', 'reason', 'comment', 'user', 'node')
        out = self.run('squeue', '-h', '-t', 'all', *arguments, '-o', '%i|%T|%r|%k|%u|%B').stdout
        return [dict(zip(names, line.split('|'))) for line in out.splitlines()]

    def state_of(self, job):
        found = [j['state'] for j in self.jobs() if j['id'] == str(job)]
        return found[0] if found else None

    def submit(self, *options, command='sleep 1000', user=None):
        """A job that is not Fairlead's; its id."""
        out = self.run('sbatch', '--parsable', '--output=/dev/null', *options, f'--wrap={command}', user=user,
                       check=True).stdout
        return out.strip().partition(';')[0]

    def wait_until(self, condition, timeout=DEADLINE, fail=True):
        """Wait for CONDITION, a function; fails at the deadline."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                if fail:
                    raise AssertionError('Slurm does not come to that:\n' + self.log())
                return False
            time.sleep(0.05)
        return True

    def wait_for_state(self, job, *states):
        self.wait_until(lambda: self.state_of(job) in states)

    def log(self):
        return '\n'.join(f'{p.name}:\n{p.read_text(errors="replace")[-2000:]}'
                         for p in sorted(self.directory.glob('*.log')))

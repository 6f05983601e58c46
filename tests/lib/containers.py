# SPDX-License-Identifier: GPL-3.0-or-later
"""Real containers, by Podman, without a daemon, in a network and a storage of their own.

    with Containers(directory) as containers:
        containers.run('box', '-p', '127.0.0.1:9099:9090')

It needs root. The image has busybox and nothing else; the machine's /usr is mounted into the containers that are to run
Python. `containers.bin` goes in front of the PATH of an sshd: its `docker` and `podman` are the engine, with the
settings that work on a machine without a cgroup tree of its own.
"""

import contextlib
import ctypes
import functools
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

from sshd import children_of, is_root

# crun refuses a hybrid cgroup layout, overlay needs a file system that takes it, and nothing here is big.
SETTINGS = ['--storage-driver=vfs', '--runtime=runc', '--cgroup-manager=cgroupfs', '--events-backend=none']
# The default limits may be above those that we may set.
LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']
IMAGE = 'fairlead-test:latest'
APPLETS = ('sh ash cat sleep ls awk sed grep tr od head tail mkdir mv rm kill cksum sha256sum cut id who wc sort uname '
           'setsid stat printf env ps pwd true false rmdir touch chmod dd find xargs').split()
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f'{what}: {os.strerror(ctypes.get_errno())}')


class OwnNetwork:
    """A network namespace with a loopback, in which the calling process is while it is entered."""

    def __enter__(self):
        self.before = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        _check(libc.unshare(CLONE_NEWNET), 'unshare')
        subprocess.run(['busybox', 'ip', 'link', 'set', 'lo', 'up'], check=True)
        return self

    def __exit__(self, *_):
        _check(libc.setns(self.before, CLONE_NEWNET), 'setns')
        os.close(self.before)


class Containers:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.bin = self.directory / 'bin'
        self.names = []

    def command(self, *arguments):
        return [shutil.which('podman'), '--root', str(self.directory / 'root'), '--runroot', str(self.directory / 'run'),
                '--tmpdir', str(self.directory / 'tmp'), *SETTINGS, *map(str, arguments)]

    def engine(self, *arguments, check=True, **how):
        """Run podman; a CompletedProcess with text."""
        how = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, 'text': True, **how}
        done = subprocess.run(self.command(*arguments), check=False, **how)
        if check and done.returncode != 0:
            raise RuntimeError(f'podman {arguments}: {done.stderr}')
        return done

    def install(self, name, text=None):
        """A program for the remote's PATH: the engine itself, or a script."""
        quoted = ' '.join(f"'{word}'" for word in self.command())
        program = self.bin / name
        program.write_text(text or f'#!/bin/sh\nexec {quoted} "$@"\n')
        program.chmod(0o755)
        return program

    def _make_image(self):
        tree = self.directory / 'image'
        for folder in ('bin', 'etc', 'root', 'tmp', 'usr', 'proc', 'dev', 'sys', 'work'):
            (tree / folder).mkdir(parents=True)
        (tree / 'tmp').chmod(0o1777)
        shutil.copy(shutil.which('busybox'), tree / 'bin' / 'busybox')
        for applet in APPLETS:
            (tree / 'bin' / applet).symlink_to('busybox')
        for link in ('lib', 'lib64'):
            (tree / link).symlink_to(f'usr/{link}')
        (tree / 'etc' / 'passwd').write_text('root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/work:/bin/sh\n')
        archive = self.directory / 'image.tar'
        with tarfile.open(archive, 'w') as tar:
            tar.add(tree, arcname='.')
        self.engine('import', '--change', 'ENV PATH=/bin:/usr/bin', archive, IMAGE)

    def __enter__(self):
        self.network = OwnNetwork()
        self.network.__enter__()
        try:
            self.bin.mkdir()
            (self.directory / 'tmp').mkdir()
            self._make_image()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Twice: one that uses another's network is in the way of that one.
        for _ in range(2):
            self.engine('rm', '--all', '--force', '--time', '0', check=False)
        self.network.__exit__()
        self._unmount()

    def _unmount(self):
        """What an engine that was killed has left mounted in our folder: nothing is removed through it."""
        inside = str(self.directory.resolve()) + '/'
        mounts = [line.split()[1] for line in pathlib.Path('/proc/mounts').read_text().splitlines()]
        for mount in sorted((m for m in mounts if m.startswith(inside)), reverse=True):
            subprocess.run(['umount', '--lazy', mount], check=False, stderr=subprocess.DEVNULL)

    def create(self, name, *options, python=True, command=('sleep', '600'), verb=('create',)):
        usr = ['-v', '/usr:/usr:ro'] if python else []
        self.engine(*verb, '--name', name, *LIMITS, *usr, *options, IMAGE, *command)
        return self.id(name)

    def run(self, name, *options, **how):
        """A container that runs; its id."""
        return self.create(name, *options, verb=('run', '--detach'), **how)

    def id(self, name):
        return self.engine('container', 'inspect', '--format', '{{.ID}}', name).stdout.strip()

    def state(self, name):
        return self.engine('container', 'inspect', '--format', '{{.State.Status}}', name).stdout.strip()

    def pid(self, name):
        """Its first process, as the host sees it."""
        return int(self.engine('container', 'inspect', '--format', '{{.State.Pid}}', name).stdout)

    def processes(self, name):
        """What runs in it beside its first process, as (pid of the host, command line)."""
        found = []
        namespace = os.readlink(f'/proc/{self.pid(name)}/ns/pid')
        for entry in pathlib.Path('/proc').iterdir():
            with contextlib.suppress(OSError, ValueError):
                pid = int(entry.name)
                if os.readlink(entry / 'ns' / 'pid') == namespace and pid != self.pid(name):
                    found.append((pid, (entry / 'cmdline').read_bytes().replace(b'\0', b' ').decode().strip()))
        return found

    def put(self, name, source, target):
        self.engine('cp', source, f'{name}:{target}')

    def shell(self, name, text):
        """Standard output of a shell's text in it."""
        return self.engine('exec', name, 'sh', '-c', text).stdout


@functools.lru_cache(maxsize=None)
def why_not():
    """Why there can be no containers here; empty when there can."""
    for program in ('podman', 'runc', 'busybox'):
        if not shutil.which(program):
            return f'needs {program}'
    if not is_root():
        return 'needs root: containers with a network of their own'
    with tempfile.TemporaryDirectory(prefix='fairlead-containers-') as directory:
        try:
            with Containers(directory) as containers:
                containers.run('try', '-p', '127.0.0.1:9099:9090', python=False)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            return 'containers do not run here: ' + ' '.join(str(error).split())[-200:]
    return ''


__all__ = ['Containers', 'children_of', 'why_not']

# SPDX-License-Identifier: GPL-3.0-or-later
"""A network with a long wire: two network namespaces, joined by the delay line of delaynet.c. Root only.

    with DelayNet(round_trip=50) as net:
        with net.server():
            server = Sshd(bind=net.SERVER).start()
        with net.client():
            subprocess.run(['ssh', *server.ssh_options(), server.target, 'true'])
        net.black_hole(True)        # from now on every packet is dropped

What is started, or which socket is made, inside of `with net.client()` or `net.server()` belongs to that
namespace for good. Both have a loopback of their own. Nothing outlives the object: neither namespace has a name,
so that the kernel takes them away with the last process in them, and the delay line ends with its standard input.
"""

import contextlib
import ctypes
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get('FAIRLEAD_BUILD', ROOT / 'build')).resolve()
PROGRAM = BUILD / 'tests' / 'lib' / 'delaynet'
CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def available():
    """Whether this process may make network namespaces and devices."""
    return (os.geteuid() == 0 and os.access('/dev/net/tun', os.R_OK | os.W_OK)
            and subprocess.run(['unshare', '--net', 'true'], stderr=subprocess.DEVNULL,
                               check=False).returncode == 0)


def _enter(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')


class DelayNet:
    """ROUND_TRIP is in milliseconds."""

    CLIENT, SERVER = '10.99.0.1', '10.99.0.2'

    def __init__(self, round_trip=0):
        self.process = subprocess.Popen([str(PROGRAM), str(round_trip)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1,
                                        start_new_session=True)
        words = self.process.stdout.readline().split()
        if words[:1] != ['up']:
            self.close()
            raise RuntimeError(f'{PROGRAM} does not start')
        self._namespaces = [os.open(f'/proc/{words[1]}/fd/{fd}', os.O_RDONLY) for fd in words[2:]]

    @contextlib.contextmanager
    def _inside(self, namespace):
        """This thread is in NAMESPACE meanwhile."""
        before = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        try:
            _enter(namespace)
            try:
                yield self
            finally:
                _enter(before)
        finally:
            os.close(before)

    def client(self):
        return self._inside(self._namespaces[0])

    def server(self):
        return self._inside(self._namespaces[1])

    def _command(self, line):
        """The delay line has done it when this returns."""
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if answer[:1] != ['ok']:
            raise RuntimeError(f'delaynet: {line}: {answer}')
        return [int(word) for word in answer[1:]]

    def set_round_trip(self, ms):
        self._command(f'delay {ms}')

    def black_hole(self, on):
        """Whether every packet is dropped, also those that are on their way."""
        self._command('hole on' if on else 'hole off')

    def count(self):
        """Packets and bytes that the client's side has sent, then the server's."""
        return self._command('count')

    def close(self):
        for fd in self.__dict__.pop('_namespaces', []):
            os.close(fd)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

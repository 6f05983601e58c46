#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/lib/inetd.py PORT PROGRAM [ARGUMENT…]: PROGRAM for each connection, which is its standard input
and output (as inetd(8) does it: TinySSH has no listener of its own). Its standard error is ours.
"""

import contextlib
import os
import socket
import subprocess
import sys


def main():
    port, command = int(sys.argv[1]), sys.argv[2:]
    children = []
    with contextlib.ExitStack() as stack:
        try:
            listener = stack.enter_context(socket.create_server(('127.0.0.1', port), backlog=128))
        except OSError as error:
            sys.exit(f'error: port {port}: {error}')
        print('listening', file=sys.stderr, flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                children.append(subprocess.Popen(command, stdin=connection, stdout=connection,
                                                 env={**os.environ, 'TCPREMOTEIP': '127.0.0.1'}))
            children = [child for child in children if child.poll() is None]


if __name__ == '__main__':
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A solver whose log grows on orders: the demo solver, with a thread beside it that reads `orders`, a FIFO in its
folder, and appends to standard output as fast as the kernel takes it.

  write FROM TO   lines `line N` of 80 bytes for each N
  reopen          goes on with a new server.log, as a logger that was told of a rotation does
  lose FROM TO    writes such lines, and truncates the log at once
"""

import os
import runpy
import threading

LINE = 'line {} '
BLOCK = 1000


def write(first, end):
    for n in range(first, end, BLOCK):
        text = ''.join(LINE.format(i).ljust(79, '.') + '\n' for i in range(n, min(n + BLOCK, end))).encode()
        while text:
            text = text[os.write(1, text):]


def reopen():
    log = os.open('server.log', os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def lose(first, end):
    write(first, end)
    os.ftruncate(1, 0)


def obey():
    orders = {'write': write, 'reopen': reopen, 'lose': lose}
    while True:
        with open('orders') as lines:
            for line in lines:
                word, *numbers = line.split()
                orders[word](*map(int, numbers))


threading.Thread(target=obey, daemon=True).start()
runpy.run_path('demo_server.py', run_name='__main__')

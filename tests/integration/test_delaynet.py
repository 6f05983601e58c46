# SPDX-License-Identifier: GPL-3.0-or-later
"""The network with a long wire that other tests and the benchmarks use."""

import errno
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import unittest

LIB = pathlib.Path(__file__).resolve().parent.parent / 'lib'
sys.path.insert(0, str(LIB))
import delaynet  # noqa: E402
from fairlead_test import TestCase  # noqa: E402

ROUND_TRIP = 0.05       # s


@unittest.skipUnless(delaynet.available(), 'needs root, network namespaces and /dev/net/tun')
class DelayNet(TestCase):
    def setUp(self):
        super().setUp()
        self.net = self.enter(delaynet.DelayNet(ROUND_TRIP * 1000))

    def pair(self):
        """A connection from the client's side to the server's: both ends."""
        with self.net.server():
            listener = socket.create_server((self.net.SERVER, 0))
        with self.net.client():
            near = socket.create_connection(listener.getsockname(), timeout=20)
        far, address = listener.accept()
        self.assertEqual(address[0], self.net.CLIENT)
        listener.close()
        far.settimeout(20)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.addCleanup(end.close)
        return near, far

    def turn(self, near, far):
        """The time of one byte there and one back."""
        begin = time.monotonic()
        near.sendall(b'?')
        self.assertEqual(far.recv(1), b'?')
        far.sendall(b'!')
        self.assertEqual(near.recv(1), b'!')
        return time.monotonic() - begin

    def test_round_trip(self):
        near, far = self.pair()
        self.assertGreaterEqual(self.turn(near, far), ROUND_TRIP)
        self.net.set_round_trip(3 * ROUND_TRIP * 1000)
        self.assertGreaterEqual(self.turn(near, far), 3 * ROUND_TRIP)

    @staticmethod
    def send(end, data):
        end.sendall(data)
        end.shutdown(socket.SHUT_WR)

    def test_every_byte_arrives(self):
        near, far = self.pair()
        data = os.urandom(1 << 20) * 32
        near.settimeout(None)
        before = self.net.count()
        with subprocess.Popen(['cat'], stdin=near.fileno(), stdout=subprocess.PIPE) as reader:
            sender = threading.Thread(target=self.send, args=(far, data))
            sender.start()
            self.assertEqual(reader.stdout.read(), data)
            sender.join()
        self.assertGreater(self.net.count()[3] - before[3], len(data))

    def test_black_hole(self):
        near, far = self.pair()
        self.net.black_hole(True)
        near.sendall(b'?')
        sent = self.net.count()[0]
        while self.net.count()[0] < sent + 2:       # TCP says it again, in vain
            time.sleep(0.01)
        far.settimeout(0)
        self.assertRaises(BlockingIOError, far.recv, 1)
        self.net.black_hole(False)
        far.settimeout(20)
        self.assertEqual(far.recv(1), b'?')

    def test_networks_of_their_own(self):
        with self.net.server():
            listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)
        address = listener.getsockname()
        with self.net.client(), socket.socket() as s:
            self.assertEqual(s.connect_ex(address), errno.ECONNREFUSED)
        with self.net.server(), socket.socket() as s:
            self.assertEqual(s.connect_ex(address), 0)

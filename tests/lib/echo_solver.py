#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A solver that answers what it was sent, many times over, once the client has shut down its side.

A request that begins with TCMD is a query for its state (DESIGN: solver wire protocol) and is answered as
such. Everything else is read to its end and answered with REPEAT copies; a connection whose end never
comes is never answered, so that a tunnel which loses the half-close is seen.
"""

import argparse
import json
import pathlib
import socketserver
import struct

REPEAT = 40


class Handler(socketserver.BaseRequestHandler):
    def read(self, count):
        data = b''
        while len(data) < count and (more := self.request.recv(count - len(data))):
            data += more
        return data

    def handle(self):
        data = self.read(4)
        if data == b'TCMD':
            self.read(struct.unpack('>I', self.read(4))[0])
            self.request.sendall(json.dumps({'protocol_version': '0.04', 'status': 'NO_DATA'}).encode())
            return
        while more := self.request.recv(65536):
            data += more
        for _ in range(REPEAT):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--host')
    parser.add_argument('--port', type=int)
    arguments = parser.parse_args()
    with Server((arguments.host, arguments.port), Handler) as server:
        pathlib.Path('progress.log').write_text('SERVER_READY\n', encoding='utf-8')
        server.serve_forever()


if __name__ == '__main__':
    main()

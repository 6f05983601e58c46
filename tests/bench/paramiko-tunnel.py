#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""paramiko-tunnel.py HOST PORT USER KEY KNOWN-HOSTS LOCAL-PORT DESTINATION-PORT

A local forward by paramiko, as its users write one: a thread per direction, large reads, no delay. Says "signed-in",
then "open", and holds it until its standard input ends.
"""

import socket
import sys
import threading

import paramiko

CHUNK = 1 << 18


def pump(read, write, finish):
    try:
        while data := read(CHUNK):
            write(data)
        finish()
    except (OSError, EOFError):
        pass


def serve(transport, near, port):
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        far = transport.open_channel('direct-tcpip', ('127.0.0.1', port), near.getpeername())
    except paramiko.SSHException:
        near.close()
        return
    up = threading.Thread(target=pump, args=(near.recv, far.sendall, far.shutdown_write), daemon=True)
    up.start()
    pump(far.recv, near.sendall, lambda: near.shutdown(socket.SHUT_WR))
    up.join()
    far.close()
    near.close()


def accept(transport, listener, port):
    while True:
        near, _ = listener.accept()
        threading.Thread(target=serve, args=(transport, near, port), daemon=True).start()


def main():
    host, port, user, key, known_hosts, local_port, destination = sys.argv[1:]
    client = paramiko.SSHClient()
    client.load_host_keys(known_hosts)
    client.connect(host, int(port), user, key_filename=key, allow_agent=False, look_for_keys=False)
    transport = client.get_transport()
    transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print('signed-in', flush=True)
    listener = socket.create_server(('127.0.0.1', int(local_port)), backlog=128)
    threading.Thread(target=accept, args=(transport, listener, int(destination)), daemon=True).start()
    print('open', flush=True)
    sys.stdin.read()


main()

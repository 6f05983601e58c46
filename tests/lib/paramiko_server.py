#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SSH server by Paramiko, for tests/lib/servers.py, with the quirks that servers of the world have.

tests/lib/paramiko_server.py JSON: {"port", "host_keys": [FILE…], "authorized": FILE, "user",
"environment": {…}, "options": {…}}. OPTIONS, each as other servers are:
  "exit_status": false   a command's end is not told (RFC 4254 section 6.10 allows that)
  "exec": "close"        a command is not answered, the channel closed
  "forwarding": false    channels of another type than session are prohibited
  "window", "packet"     how much the client may send before it is answered, in bytes
  "greeting"             lines before the version (RFC 4253 section 4.2)
  "ciphers", "digests", "kex"   the only ones offered
  "rekey"                new keys after so many bytes
  "rekey": N, "stuck": true   … for which it never sends more than its first message
"""

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import threading
import traceback

import paramiko
from paramiko.common import MSG_NEWKEYS

KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


def load_key(path):
    for kind in KEYS:
        with contextlib.suppress(paramiko.SSHException):
            return kind.from_private_key_file(path)
    raise ValueError(f'error: {path} is of no kind that paramiko knows')


def pump(read, write, end):
    """Everything from one side to the other, then its end."""
    with contextlib.suppress(OSError):
        while data := read(1 << 15):
            write(data)
    with contextlib.suppress(OSError):
        end()


def write_all(stream, data):
    while data:
        data = data[stream.write(data):]


def in_thread(*arguments):
    thread = threading.Thread(target=pump, args=arguments, daemon=True)
    thread.start()
    return thread


class Server(paramiko.ServerInterface):
    def __init__(self, told):
        self.told, self.options = told, told['options']
        with open(told['authorized'], encoding='utf-8') as lines:
            self.authorized = {line.split()[1] for line in lines}
        self.sockets, self.channels = {}, []

    def get_allowed_auths(self, username):
        return 'publickey'

    def check_auth_publickey(self, username, key):
        good = username == self.told['user'] and key.get_base64() in self.authorized
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return (paramiko.OPEN_SUCCEEDED if kind == 'session'
                else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)

    def check_channel_direct_tcpip_request(self, chanid, origin, destination):
        if not self.options.get('forwarding', True):
            return paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        try:
            self.sockets[chanid] = socket.create_connection(destination)
        except OSError:
            return paramiko.OPEN_FAILED_CONNECT_FAILED
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        if self.options.get('exec') == 'close':
            channel.close()
            return True
        threading.Thread(target=self.run, args=(channel, command), daemon=True).start()
        return True

    def run(self, channel, command):
        with subprocess.Popen(['sh', '-c', command], env={**os.environ, **self.told['environment']},
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              bufsize=0, start_new_session=True) as process:
            in_thread(channel.recv, functools.partial(write_all, process.stdin), process.stdin.close)
            for thread in [in_thread(process.stdout.read, channel.sendall, lambda: None),
                           in_thread(process.stderr.read, channel.sendall_stderr, lambda: None)]:
                thread.join()
            code = process.wait()
        with contextlib.suppress(OSError, EOFError):
            channel.shutdown_write()
            if self.options.get('exit_status', True):
                channel.send_exit_status(code if code >= 0 else 128 - code)
        channel.close()

    def forward(self, channel, connection):
        with connection, contextlib.closing(channel):
            up = in_thread(channel.recv, connection.sendall,
                           lambda: connection.shutdown(socket.SHUT_WR))
            pump(connection.recv, channel.sendall, channel.shutdown_write)
            up.join()


class Transport(paramiko.Transport):
    """Paramiko's, without its own deadlock.

    Its thread that reads answers a CLOSE or a channel request itself, and waits for the end of a key exchange
    before it does so: which nobody but that thread can bring about (ssh(1) stands still there as well, until
    Paramiko gives up after 30 s). Such an answer is kept here until the exchange has ended.
    """

    def __init__(self, *arguments, stuck=False, **more):
        super().__init__(*arguments, **more)
        self.kept, self.stuck = [], stuck

    def _send_user_message(self, data):
        if threading.current_thread() is self and not self.clear_to_send.is_set():
            self.kept.append(data)
        else:
            super()._send_user_message(data)

    def _end_of_exchange(self, message):
        self._parse_newkeys(message)
        kept, self.kept = self.kept, []
        for data in kept:
            self._send_user_message(data)

    def _send_kex_init(self):
        super()._send_kex_init()
        if self.stuck and self.initial_kex_done:
            threading.Event().wait()

    _handler_table = {**paramiko.Transport._handler_table, MSG_NEWKEYS: _end_of_exchange}


def serve(connection, told, host_keys):
    options, server = told['options'], Server(told)
    connection.sendall(options.get('greeting', '').encode())
    transport = Transport(connection, default_window_size=options.get('window', 1 << 21),
                          default_max_packet_size=options.get('packet', 1 << 15),
                          stuck=options.get('stuck', False))
    for key in host_keys:
        transport.add_server_key(key)
    offered = transport.get_security_options()
    for name in {'ciphers', 'digests', 'kex'} & options.keys():
        setattr(offered, name, options[name])
    if 'rekey' in options:
        transport.packetizer.REKEY_BYTES = options['rekey']
    transport.start_server(event=threading.Event(), server=server)
    while transport.is_active():
        channel = transport.accept(1)
        if channel is None:
            continue
        server.channels.append(channel)     # paramiko closes one that nobody holds
        if connection := server.sockets.pop(channel.chanid, None):
            threading.Thread(target=server.forward, args=(channel, connection), daemon=True).start()


def main():
    told = json.loads(sys.argv[1])
    threading.excepthook = lambda what: traceback.print_exception(what.exc_type, what.exc_value,
                                                                  what.exc_traceback)
    host_keys = [load_key(path) for path in told['host_keys']]
    try:
        listener = socket.create_server(('127.0.0.1', told['port']), backlog=128)
    except OSError as error:
        sys.exit(f'error: {error}')
    print('listening', file=sys.stderr, flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, told, host_keys), daemon=True).start()


if __name__ == '__main__':
    main()

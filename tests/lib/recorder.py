#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SSH server that records every message a client sends, to prove what is sent when.

It does the real key exchange (by paramiko), then answers a service request and refuses every sign-in.
So a test can say exactly: at this moment, had the client asked for a service (SERVICE_REQUEST), had it
named its user or shown a key (USERAUTH_REQUEST)?

From a shell:  tests/lib/recorder.py [--host-key FILE] [--port N]
prints one JSON object a line: {"event": "listening", "port": …, "fingerprint": …}, then for each
message {"event": "message", "connection": n, "type": 5, "name": "SERVICE_REQUEST", "bytes": n}.
"""

import argparse
import json
import pathlib
import socket
import sys
import threading
import time

import paramiko

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sshd as fixture  # noqa: E402

NAMES = {
    1: 'DISCONNECT', 2: 'IGNORE', 3: 'UNIMPLEMENTED', 4: 'DEBUG', 5: 'SERVICE_REQUEST', 7: 'EXT_INFO',
    20: 'KEXINIT', 21: 'NEWKEYS', 30: 'KEX_INIT', 31: 'KEX_31', 32: 'KEX_32', 33: 'KEX_33', 34: 'KEX_34',
    50: 'USERAUTH_REQUEST', 61: 'USERAUTH_INFO_RESPONSE', 80: 'GLOBAL_REQUEST', 90: 'CHANNEL_OPEN',
}

# Its padding does not fill the cipher's block (RFC 4253 section 6); there is more padding than packet.
MISALIGNED = b'\x00\x00\x00\x0d\x07\x02' + bytes(11)
PADDED = b'\x00\x00\x00\x10\xff\x02' + bytes(14)


class _Refuse(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return 'publickey'


class _Accept(_Refuse):
    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL


class _Transport(paramiko.Transport):
    """Hands every message to the recorder before it is acted on."""

    def __init__(self, sock, recorder, number):
        super().__init__(sock)
        self.packet, self.next_cipher, self.bomb = recorder.packet, recorder.next_cipher, recorder.bomb
        read_message = self.packetizer.read_message

        def read_and_record():
            kind, message = read_message()
            recorder._message(number, kind, message.asbytes())
            return kind, message
        self.packetizer.read_message = read_and_record

    def _parse_newkeys(self, message):
        super()._parse_newkeys(message)
        if self.packet:
            # Well encrypted and authenticated, so that it is what it says that the client has to see through.
            self.packetizer._build_packet = lambda _payload: self.packet
            self.packetizer.send_message(paramiko.message.Message(MISALIGNED))
        if self.next_cipher:
            self._preferred_ciphers, self.next_cipher = (self.next_cipher,), None
            self._send_kex_init()

    def _auth_trigger(self):
        super()._auth_trigger()
        if self.bomb:
            self.packetizer.send_message(paramiko.message.Message(b'\x02' + bytes(self.bomb)))

    _handler_table = {**paramiko.Transport._handler_table, paramiko.common.MSG_NEWKEYS: _parse_newkeys}


class Recorder:
    """HOST_KEY is the path of a private key; by default the one that Sshd with the same keys uses.

    What a server may not do: PACKET is sent as it is after the key exchange. NEXT_CIPHER is the only one that
    it offers in a second key exchange, at once after the first. BOMB is the length of a message after the
    sign-in, which then succeeds, and which is compressed if the client likes. DIGESTS are the MACs that it
    offers, of paramiko's.
    """

    def __init__(self, host_key=None, port=0, *, packet=None, next_cipher=None, bomb=0, digests=None):
        self.packet, self.next_cipher, self.bomb, self.digests = packet, next_cipher, bomb, digests
        path = pathlib.Path(host_key or fixture.shared_keys().get('ed25519', name='host'))
        self.public_key = pathlib.Path(f'{path}.pub')
        self._key = paramiko.Ed25519Key.from_private_key_file(str(path))
        self._changed = threading.Condition()
        self._messages = []                 # (connection, type, payload)
        self._versions = []                 # client version lines
        self._open = set()
        self._listener = socket.create_server(('127.0.0.1', port))
        self.port = self._listener.getsockname()[1]
        self._closing = False
        self.on_message = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        number = 0
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        with self._changed:
            self._open.add(number)
        transport = _Transport(connection, self, number)
        transport.add_server_key(self._key)
        if self.digests:
            transport.get_security_options().digests = self.digests
        try:
            transport.use_compression(bool(self.bomb))
            transport.start_server(event=threading.Event(), server=_Accept() if self.bomb else _Refuse())
            transport.join()
        finally:
            with self._changed:
                self._versions.append(getattr(transport, 'remote_version', ''))
                self._open.discard(number)
                self._changed.notify_all()
            transport.close()

    def _message(self, number, kind, payload):
        with self._changed:
            self._messages.append((number, kind, payload))
            self._changed.notify_all()
        if self.on_message:
            self.on_message(number, kind, payload)

    # What was seen

    def messages(self):
        """(connection, name, payload) of each message until now."""
        with self._changed:
            return [(n, NAMES.get(k, str(k)), p) for n, k, p in self._messages]

    def seen(self, name):
        """Has any client sent a message of that name by now?"""
        return any(n == name for _, n, _ in self.messages())

    def names(self):
        return [name for _, name, _ in self.messages()]

    def contains(self, text):
        """Do these bytes stand in anything that was sent (inside the encryption), but for versions?"""
        data = text.encode() if isinstance(text, str) else text
        return any(data in payload for _, _, payload in self.messages())

    def wait_for(self, name, timeout=fixture.DEADLINE):
        """Wait until a message of that name has come; False at the deadline."""
        return self._wait(lambda: any(NAMES.get(k) == name for _, k, _ in self._messages), timeout)

    def wait_until_closed(self, timeout=fixture.DEADLINE):
        """Wait until no client is connected (and one was)."""
        return self._wait(lambda: self._versions and not self._open, timeout)

    def _wait(self, condition, timeout):
        end = time.monotonic() + timeout
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def close(self):
        self._closing = True
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main():
    parser = argparse.ArgumentParser(description='Record what SSH clients send.')
    parser.add_argument('--host-key', help='an unencrypted Ed25519 private key; else a new one')
    parser.add_argument('--port', type=int, default=0)
    args = parser.parse_args()

    def say(**what):
        print(json.dumps(what), flush=True)

    with Recorder(args.host_key, args.port) as recorder:
        recorder.on_message = lambda number, kind, payload: say(
            event='message', connection=number, type=kind, name=NAMES.get(kind, str(kind)),
            bytes=len(payload))
        say(event='listening', port=recorder.port, fingerprint=fixture.fingerprint(recorder.public_key))
        threading.Event().wait()


if __name__ == '__main__':
    main()

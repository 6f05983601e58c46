# SPDX-License-Identifier: GPL-3.0-or-later
"""An ssh-agent that holds one FIDO key (sk-ssh-ed25519) in memory and signs as a security key does.

    with FidoAgent(path) as agent:
        …  agent.asked is set when a signature is asked for; it is made once agent.touched is set

What sshd verifies is the real thing (PROTOCOL.u2f of OpenSSH); only the hardware is missing.
"""

import base64
import hashlib
import socket
import struct
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

TYPE = b'sk-ssh-ed25519@openssh.com'
APPLICATION = b'ssh:'
USER_PRESENT = 1


def string(data):
    return struct.pack('>I', len(data)) + data


class FidoAgent:
    def __init__(self, path, *, refuses=False):
        self.path, self.refuses = path, refuses
        self.asked, self.touched = threading.Event(), threading.Event()
        self.key = ed25519.Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.blob = string(TYPE) + string(raw) + string(APPLICATION)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()

    def public_line(self):
        return f'{TYPE.decode()} {base64.b64encode(self.blob).decode()} a FIDO key\n'

    def sign(self, data):
        flags = struct.pack('>BI', USER_PRESENT, 1)
        signed = hashlib.sha256(APPLICATION).digest() + flags + hashlib.sha256(data).digest()
        return string(TYPE) + string(self.key.sign(signed)) + flags

    def answer(self, message):
        if message[0] == 11:        # SSH_AGENTC_REQUEST_IDENTITIES
            return b'\x0c' + struct.pack('>I', 1) + string(self.blob) + string(b'a FIDO key')
        if message[0] == 13:        # SSH_AGENTC_SIGN_REQUEST
            length, = struct.unpack_from('>I', message, 1)
            start = 5 + length
            size, = struct.unpack_from('>I', message, start)
            self.asked.set()
            self.touched.wait()
            if not self.refuses:
                return b'\x0e' + string(self.sign(message[start + 4:start + 4 + size]))
        return b'\x05'              # SSH_AGENT_FAILURE

    def serve(self, connection):
        with connection, connection.makefile('rwb') as stream:
            while len(header := stream.read(4)) == 4:
                message = stream.read(*struct.unpack('>I', header))
                stream.write(string(self.answer(message)))
                stream.flush()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:         # closed
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.touched.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

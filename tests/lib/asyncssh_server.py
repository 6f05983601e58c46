#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SSH server by AsyncSSH, for tests/lib/servers.py.

tests/lib/asyncssh_server.py JSON: {"port", "host_keys": [FILE…], "authorized": FILE, "user",
"environment": {…}, "options": {…}}. OPTIONS are asyncssh.create_server()'s, and "forwarding": false.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import warnings

warnings.simplefilter('ignore')      # of the cryptography it is built on
import asyncssh  # noqa: E402


class Server(asyncssh.SSHServer):
    def __init__(self, forwarding):
        self.forwarding = forwarding

    def connection_requested(self, *_where):
        if not self.forwarding:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, 'no')
        return True


def ended(process, code):
    """Tell the client how the command ended (RFC 4254 section 6.10)."""
    if code < 0:
        process.exit_with_signal(signal.Signals(-code).name.removeprefix('SIG'))
    else:
        process.exit(code)


async def pump(reader, writer):
    while data := await reader.read(1 << 15):
        writer.write(data)
        await writer.drain()


async def feed(reader, writer):
    """What the client says, then its end; a command may well end before."""
    with contextlib.suppress(ConnectionError, asyncssh.Error):
        await pump(reader, writer)
    writer.close()


async def run(process, environment):
    command = await asyncio.create_subprocess_exec(
        'sh', '-c', process.command or 'exit 0', env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True)
    feeding = asyncio.create_task(feed(process.stdin, command.stdin))
    await asyncio.gather(pump(command.stdout, process.stdout), pump(command.stderr, process.stderr))
    code = await command.wait()
    feeding.cancel()
    if not process.is_closing():
        ended(process, code)


async def main():
    told = json.loads(sys.argv[1])
    options = dict(told['options'])
    forwarding = options.pop('forwarding', True)
    try:
        await asyncssh.create_server(
            lambda: Server(forwarding), '127.0.0.1', told['port'], server_host_keys=told['host_keys'],
            authorized_client_keys=told['authorized'], encoding=None,
            process_factory=lambda process: run(process, told['environment']), **options)
    except OSError as error:
        sys.exit(f'error: {error}')
    print('listening', file=sys.stderr, flush=True)
    await asyncio.Event().wait()


if __name__ == '__main__':
    asyncio.run(main())

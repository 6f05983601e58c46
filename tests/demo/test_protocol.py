#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays each transcript of PROTOCOL.md against server.py. Prints TAP."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE = 20


def transcripts(text):
    """(title, failure, lines) of each transcript."""
    for part in re.split(r"^(?=## )", text, flags=re.M):
        found = re.match(r"## (.*)", part)
        blocks = re.findall(r"```transcript\n(.*?)```", part, re.S)
        for number, block in enumerate(blocks if found else [], 1):
            title = found.group(1)
            failure = re.search(r"\(([a-z-]+)\)$", title)
            yield (f"{title} {number}" if len(blocks) > 1 else title,
                   failure.group(1) if failure else "", block.splitlines())


def start_server(directory, failure):
    # The port is chosen here and given away for a moment: on a collision the server says so and ends.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = open(os.path.join(directory, "server.log"), "wb")
    process = subprocess.Popen(
        [sys.executable, os.path.join(HERE, "server.py"), "--host", "127.0.0.1", "--port", str(port),
         "--fail", failure], cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and process.poll() is None:
        try:
            with open(os.path.join(directory, "progress.log"), encoding="utf-8") as lines:
                if "SERVER_READY" in lines.read():
                    return process, port
        except FileNotFoundError:
            pass
        time.sleep(0.02)
    process.kill()
    raise AssertionError("the server did not get ready")


def receive(connection):
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    return data


def check_members(got, wanted):
    for key, value in wanted.items():
        assert key in got, f"no {key} in {got}"
        assert value == "…" or got[key] == value, f"{key}: {got[key]!r}, not {value!r}"


def replay(lines, port):
    connection, answer = None, b""
    for line in lines:
        who, what = line.split(" ", 1)
        if who == "C" and connection is None:
            connection = socket.create_connection(("127.0.0.1", port), DEADLINE)
        if line == "C EOF":
            connection.shutdown(socket.SHUT_WR)
        elif who == "C":
            connection.sendall(json.loads(what).encode("latin-1"))
        elif line == "S EOF":
            assert answer == b"", f"left over: {answer!r}"
            connection.close()
            connection = None
        elif what.startswith("JSON "):
            check_members(json.loads(receive(connection)), json.loads(what[5:]))
        else:
            wanted = json.loads(what).encode("latin-1")
            got = receive(connection)
            assert got == wanted, f"{got!r}, not {wanted!r}"


def main():
    with open(os.path.join(HERE, "PROTOCOL.md"), encoding="utf-8") as text:
        cases = list(transcripts(text.read()))
    print(f"1..{len(cases)}")
    failed = 0
    for number, (title, failure, lines) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory(prefix="fairlead-demo-") as directory:
            try:
                process, port = start_server(directory, failure)
                try:
                    replay(lines, port)
                finally:
                    process.kill()
                    process.wait()
                print(f"ok {number} - {title}", flush=True)
            except (AssertionError, OSError, ValueError) as error:
                failed += 1
                print(f"not ok {number} - {title}: {error}", flush=True)
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

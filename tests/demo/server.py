#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo solver: speaks the solver's wire protocol and plays a solve, without a GPU.

It is started as the real one is (`server.py --host 127.0.0.1 --port 9090` in the remote path), writes
progress.log in its working directory and its log to standard output, which the launcher sends to
server.log. PROTOCOL.md holds the protocol byte for byte.

Since a launch passes nothing but --host and --port, everything else is set by environment variables, or
by lines `KEY=VALUE` of a file demo.env in the working directory (the environment wins):

  FAIRLEAD_DEMO_FAIL       how to fail, see FAILURES below; several are joined by commas
  FAIRLEAD_DEMO_AUTOSTART  1: a project is already solving when it is first asked about
  FAIRLEAD_DEMO_FRAMES     frames of a solve (120)
  FAIRLEAD_DEMO_FPS        frames per second (10)
  FAIRLEAD_DEMO_BUILD      seconds that a build takes (1)
  FAIRLEAD_DEMO_START      seconds from the start until SERVER_READY (0.3)

What is uploaded goes to files in the folder `data` of the working directory, a piece at a time.
"""

import argparse
import hashlib
import json
import os
import signal
import socket
import socketserver
import struct
import sys
import threading
import time

FAILURES = {
    "never-ready": "starts, logs, and never writes SERVER_READY",
    "exit": "ends with code 3 and a traceback before it is ready",
    "error": "writes a line with ERROR to progress.log instead of SERVER_READY, and stays",
    "failed": "the same with FAILED",
    "wide-bind": "binds 0.0.0.0, whatever --host says",
    "garbage": "answers every request with bytes that are not JSON",
    "silent": "takes every connection and never answers",
    "old-protocol": "speaks protocol 0.03: no length, the client half-closes",
    "port-taken": "says that its port is taken, as the real one would, and ends",
    "exit-later": "is ready, and ends with code 5 two seconds later",
    "odd-types": "answers JSON whose fields are absent or of surprising types",
    "deep-json": "answers 200,000 nested brackets",
    "flood": "writes 20,000 log lines while it gets ready",
    "stubborn": "ignores SIGTERM",
    "new-protocol": "says that it speaks protocol 0.99, and speaks 0.04",
    "no-version": "says no version",
    "build-fails": "each build ends in FAILED, with an error and violations",
    "solve-fails": "each solve ends in FAILED at its fifth frame",
    "disk-full": "takes the first MiB of a file, then has no space left",
    "stops-reading": "takes the first MiB of a file, and no more",
    "stops-sending": "gives the first MiB of a file, and no more",
    "cuts": "closes the connection after the first MiB of a file, either way",
    "cuts-once": "the same, but only the first time",
    "slow": "moves a MiB of a file in 50 ms, at most",
    "never-says-ok": "takes a whole file, and says nothing",
}

PROTOCOL, OLD_PROTOCOL, NEW_PROTOCOL = "0.04", "0.03", "0.99"
MAX_COMMAND = 64 * 1024
MAX_UPLOAD = 1 << 40
MIB = 1 << 20
GPU_MEMORY = 24 << 30

VIOLATIONS = [
    {"type": "self-intersection", "count": 3, "object": "Sleeve"},
    {"message": "The pinned vertices of “Collar” move through the collider."},
    "12 triangles have no area.",
]


def read_settings(environ, path="demo.env"):
    """The knobs: lines of demo.env, overridden by the environment."""
    settings = {}
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                key, equals, value = line.strip().partition("=")
                if equals and not key.startswith("#"):
                    settings[key] = value
    except OSError:
        pass
    settings.update({k: v for k, v in environ.items() if k.startswith("FAIRLEAD_DEMO_")})
    return settings


def log(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


class Progress:
    """progress.log: unlinked and made anew at the start, one line at a time after that."""

    def __init__(self, path="progress.log"):
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        self.file = open(path, "w", encoding="utf-8")

    def write(self, text):
        self.file.write(text + "\n")
        self.file.flush()


class Project:
    """What the solver knows of one project."""

    def __init__(self, name, solver):
        self.name, self.solver, self.progress = name, solver, solver.progress
        self.frames, self.fps = solver.frames, solver.fps
        self.status, self.frame, self.error, self.info = "NO_DATA", 0, "", ""
        self.share, self.violations, self.built = 0.0, [], False
        self.hashes = {}
        self.lock = threading.Lock()
        self.generation = 0

    def play(self, status, steps, rate, done):
        """Goes through @steps in the background, unless another request ends it before."""
        self.generation += 1
        generation = self.generation
        self.status, self.error, self.violations, self.share = status, "", [], 0.0

        def run():
            for step in range(1, steps + 1):
                time.sleep(1 / rate)
                with self.lock:
                    if self.generation != generation:
                        return
                    if status == "BUILDING":
                        self.share, self.info = step / steps, f"Meshing: {step} of {steps} objects"
                    if status == "BUSY":
                        self.frame += 1
                        if self.frame % 10 == 0 or step == steps:
                            self.progress.write(f"{self.name}: frame {self.frame}/{self.frames}")
                        log(f"{self.name}: frame {self.frame}: {12 + step % 7} Newton steps,"
                            f" max penetration {1e-6 * (step % 9):.1e}")
                        if "solve-fails" in self.solver.failures and self.frame == 5:
                            break
            with self.lock:
                if self.generation == generation:
                    self.finish(status, done)
                    log(f"{self.name}: {status.lower()} finished")

        threading.Thread(target=run, daemon=True).start()

    def finish(self, status, done):
        failures, self.status, self.info = self.solver.failures, done, ""
        if status == "BUILDING" and "build-fails" in failures:
            self.status, self.error, self.violations = "FAILED", "The scene cannot be built.", VIOLATIONS
        elif status == "BUILDING":
            self.built, self.frame = True, 0
        elif status == "BUSY" and "solve-fails" in failures:
            self.status, self.error = "FAILED", "Newton's method did not converge in frame 5."

    def request(self, word):
        """Acts on one word of `--request`; returns an error text or ''."""
        with self.lock:
            allowed, act = REQUESTS.get(word, (None, None))
            if act is None:
                return f"Unknown request: {word}"
            if allowed and self.status not in allowed or word in ("start", "resume") and not self.built:
                return f"Cannot {word} in the state {self.status}."
            log(f"{self.name}: {word}")
            act(self)
            return ""

    def build(self):
        self.play("BUILDING", 10, 10 / self.solver.build_seconds, "READY")

    def start(self):
        self.frame, self.built = 0, True
        self.resume()

    def resume(self):
        self.play("BUSY", self.frames - self.frame, self.fps, "READY")

    def stop(self, status):
        self.generation += 1
        self.status = status

    def uploaded(self, hashes, status="NO_BUILD"):
        self.hashes = hashes
        self.frame, self.error, self.violations, self.built = 0, "", [], False
        self.stop(status)

    def answer(self):
        with self.lock:
            progress = self.frame / self.frames if self.frames else 0.0
            if self.status == "BUILDING":
                progress = self.share
            used = {"BUSY": 9, "SAVE_AND_QUIT": 9, "BUILDING": 3}.get(self.status, 1) << 30
            return {"status": self.status, "frame": self.frame, "frames": self.frames,
                    "progress": round(progress, 4), "error": self.error, "info": self.info,
                    "violations": self.violations, "gpu_memory": {"used": used, "total": GPU_MEMORY},
                    "summary": {"vertices": 128744, "triangles": 254180,
                                "time per frame": f"{1000 / self.fps:.0f} ms"}, **self.hashes}


# word → (the states it is allowed in, or None for all; what it does)
REQUESTS = {
    "build": (("NO_BUILD", "READY", "RESUMABLE", "FAILED"), Project.build),
    "cancel_build": (("BUILDING",), lambda p: p.stop("NO_BUILD")),
    "start": (("READY", "RESUMABLE", "FAILED"), Project.start),
    "resume": (("RESUMABLE", "FAILED"), Project.resume),
    "terminate": (("BUSY", "SAVE_AND_QUIT"), lambda p: p.stop("RESUMABLE")),
    "save_and_quit": (("BUSY",), lambda p: p.play("SAVE_AND_QUIT", 5, 10, "RESUMABLE")),
    "delete": (None, lambda p: p.uploaded({}, "NO_DATA")),
}


class Solver:
    """All projects, the uploaded files and the knobs."""

    hardware = {"GPU": "Fairlead Demo GPU", "VRAM": "24 GB", "CUDA": "12.4", "SM": "8.9",
                "CPU": "Demo CPU (16 cores)", "RAM": "64 GB"}

    def __init__(self, settings, progress):
        self.failures = set(filter(None, settings.get("FAIRLEAD_DEMO_FAIL", "").split(",")))
        self.autostart = settings.get("FAIRLEAD_DEMO_AUTOSTART", "") not in ("", "0")
        self.frames = int(settings.get("FAIRLEAD_DEMO_FRAMES", "120"))
        self.fps = float(settings.get("FAIRLEAD_DEMO_FPS", "10"))
        self.build_seconds = float(settings.get("FAIRLEAD_DEMO_BUILD", "1"))
        self.progress = progress
        self.protocol = (OLD_PROTOCOL if "old-protocol" in self.failures
                         else NEW_PROTOCOL if "new-protocol" in self.failures else PROTOCOL)
        self.projects = {}
        self.lock = threading.Lock()

    def project(self, name):
        with self.lock:
            project = self.projects.get(name)
            if project is None:
                project = Project(name, self)
                self.projects[name] = project
                if self.autostart:
                    project.start()
            return project

    def command(self, words):
        """The answer to a TCMD, as an object."""
        answer = {"protocol_version": self.protocol}
        options = {}
        for key, value in zip(words[::2], words[1::2]):
            options[key] = value
        name = options.get("--name")
        if not name:
            return {**answer, "error": "Project name is missing."}
        project = self.project(name)
        error = project.request(options["--request"]) if "--request" in options else ""
        answer.update(project.answer())
        answer["error"] = error or answer["error"]
        if "no-version" in self.failures:
            del answer["protocol_version"]
        answer["hardware"] = self.hardware
        if "odd-types" in self.failures:
            answer.update({"frame": "many", "progress": [], "hardware": "none", "summary": 7,
                           "error": {"deep": True}, "status": None, "protocol_version": 0.04})
        return answer


class Handler(socketserver.StreamRequestHandler):
    """One connection: one request, one answer, close."""

    def handle(self):
        solver = self.server.solver
        if "silent" in solver.failures:
            threading.Event().wait()
        kind = self.rfile.read(4)
        try:
            if kind == b"TCMD":
                self.reply(self.command())
            elif kind == b"JSON":
                self.message()
        except (ValueError, KeyError, TypeError) as error:
            self.reply({"protocol_version": solver.protocol, "error": f"Bad request: {error}"})
            self.drain()
        except ConnectionError as error:
            log(f"a client went away: {error}")

    def drain(self):
        """Lets the client read the answer: closing on what it still sends would reset the connection."""
        self.connection.shutdown(socket.SHUT_WR)
        while self.rfile.read(MIB):
            pass

    def reply(self, answer):
        failures = self.server.solver.failures
        if "garbage" in failures:
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>\xff\xfe</html>")
        elif "deep-json" in failures:
            self.wfile.write(b"[" * 200000)
        else:
            self.wfile.write(json.dumps(answer).encode())

    def command(self):
        solver = self.server.solver
        if solver.protocol == OLD_PROTOCOL:
            text = self.rfile.read(MAX_COMMAND)
        else:
            (size,) = struct.unpack(">I", self.exactly(4))
            if size > MAX_COMMAND:
                raise ValueError(f"a command of {size} bytes")
            text = self.exactly(size)
        return solver.command(text.decode("utf-8", "replace").split())

    def exactly(self, size):
        data = self.rfile.read(size)
        if len(data) != size:
            raise ValueError(f"{size} bytes announced, {len(data)} came")
        return data

    def message(self):
        header = json.loads(self.rfile.readline(MAX_COMMAND))
        action = MESSAGES.get(header.get("request"))
        if action is None:
            raise ValueError(f"unknown request {header.get('request')!r}")
        action(self, header)

    def upload_atomic(self, header):
        sizes = int(header["data_size"]), int(header["param_size"])
        if min(sizes) < 0 or max(sizes) > MAX_UPLOAD or sum(sizes) == 0:
            raise ValueError("at least one payload of a possible size is needed")
        hashes = {key: header[key] for key in ("data_hash", "param_hash") if key in header}
        names = [f"{header['path']}/{name}.pickle" for name in ("data", "param")]
        parts = [self.take(name, size) for name, size in zip(names, sizes) if size > 0]
        for part, file in parts:
            os.replace(part, file)
        project = self.server.solver.project(header["name"])
        with project.lock:
            project.uploaded(hashes)
        log(f"{project.name}: {sum(sizes)} bytes uploaded")
        self.say_ok()

    def data_send(self, header):
        part, file = self.take(header["path"], int(header["size"]))
        os.replace(part, file)
        self.say_ok()

    def say_ok(self):
        if "never-says-ok" in self.server.solver.failures:
            threading.Event().wait()
        self.wfile.write(b"OK\n")

    def take(self, name, size):
        """Reads SIZE bytes to a file, a piece at a time; its name, and the one that it is to get."""
        if size < 0 or size > MAX_UPLOAD:
            raise ValueError(f"a file of {size} bytes")
        file = self.path_of(name)
        part = f"{file}.{threading.get_ident()}.part"
        os.makedirs(os.path.dirname(file), exist_ok=True)
        try:
            with open(part, "wb") as out:
                left = size
                while left > 0:
                    data = self.rfile.read(min(left, MIB))
                    if not data:
                        raise ValueError(f"{size} bytes announced, {size - left} came")
                    left -= len(data)
                    self.maybe_fail(size - left, "disk-full", "stops-reading", "cuts", "cuts-once")
                    out.write(data)
        except BaseException:
            os.unlink(part)
            raise
        return part, file

    def maybe_fail(self, moved, *failures):
        """After the first MiB, as asked for."""
        if "slow" in self.server.solver.failures:
            time.sleep(0.05)
        failures = set(failures) & self.server.solver.failures
        if moved < MIB or not failures:
            return
        self.server.solver.failures.discard("cuts-once")
        if "disk-full" in failures:
            raise ValueError(f"[Errno 28] {os.strerror(28)}")
        if failures & {"cuts", "cuts-once"}:
            raise ConnectionError("cut, as asked for")
        threading.Event().wait()

    @staticmethod
    def path_of(name):
        return os.path.join("data", hashlib.sha1(name.encode()).hexdigest()[:16])

    def data_receive(self, header):
        try:
            file = open(self.path_of(header["path"]), "rb")
        except FileNotFoundError:
            self.wfile.write(json.dumps({"error": f"No such file: {header['path']}"}).encode() + b"\n")
            return
        with file:
            size = os.fstat(file.fileno()).st_size
            self.wfile.write(json.dumps({"size": size}).encode() + b"\n")
            sent = 0
            while data := file.read(MIB):
                self.wfile.write(data)
                sent += len(data)
                self.maybe_fail(sent, "stops-sending", "cuts", "cuts-once")


MESSAGES = {
    "upload_atomic": Handler.upload_atomic,
    "data_send": Handler.data_send,
    "data_receive": Handler.data_receive,
}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


def get_ready(solver, settings, progress):
    """From the bind to SERVER_READY, or to the failure asked for."""
    delay = float(settings.get("FAIRLEAD_DEMO_START", "0.3"))
    progress.write("Loading the solver")
    if "flood" in solver.failures:
        for number in range(20000):
            log(f"flood line {number}: " + "x" * (number % 90))
    time.sleep(delay)
    if "exit" in solver.failures:
        print("Traceback (most recent call last):\n"
              '  File "server.py", line 1, in <module>\n'
              "RuntimeError: CUDA error: no CUDA-capable device is detected",
              file=sys.stderr, flush=True)
        os._exit(3)
    for failure in solver.failures & {"error", "failed"}:
        log("cuInit answered 100")
        progress.write(f"{failure.upper()}: no CUDA-capable device is detected")
        return
    if "never-ready" in solver.failures:
        log("waiting for the licence server")
        return
    progress.write("SERVER_READY")
    log("ready")
    if "exit-later" in solver.failures:
        time.sleep(2)
        log("out of memory")
        os._exit(5)


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description="The demo solver.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--fail", default=None, help="; ".join(
        f"{name}: {text}" for name, text in FAILURES.items()))
    return parser.parse_args(argv)


def main(argv):
    arguments = parse_arguments(argv)
    settings = read_settings(os.environ)
    if arguments.fail is not None:
        settings["FAIRLEAD_DEMO_FAIL"] = arguments.fail
    progress = Progress()
    solver = Solver(settings, progress)
    unknown = solver.failures - set(FAILURES)
    if unknown:
        sys.exit(f"server.py: unknown failure: {', '.join(sorted(unknown))}")
    if "stubborn" in solver.failures:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    host = "0.0.0.0" if "wide-bind" in solver.failures else arguments.host
    log(f"demo solver, protocol {solver.protocol}, pid {os.getpid()}")
    try:
        if "port-taken" in solver.failures:
            raise OSError(98, "Address already in use")
        server = Server((host, arguments.port), Handler)
    except OSError as error:
        # As the real one: only standard error tells of it.
        sys.exit(f"OSError: [Errno {error.errno}] error while attempting to bind on address"
                 f" ('{host}', {arguments.port}): {error.strerror.lower()}")
    server.solver = solver
    log(f"listening on {host}:{server.server_address[1]}")
    if arguments.debug:
        log(f"settings {settings}")
    threading.Thread(target=get_ready, args=(solver, settings, progress), daemon=True).start()
    server.serve_forever(poll_interval=0.5)


if __name__ == "__main__":
    main(sys.argv[1:])

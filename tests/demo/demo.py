#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job once: a throwaway sshd as the GPU box, the demo solver on it, and Fairlead's window.

demo.py show                on the person's display: they connect, compare and watch; ends with the window
demo.py drive SCREENSHOT [VERIFY]
                            on a display of its own (tests/ui/xrun.sh): does it through accessibility, says
                            what happened, and leaves a picture, and one of the fingerprint's dialog
Started by tests/demo/run, which builds first.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / 'tests' / 'lib'), str(ROOT / 'tests' / 'ui')]
import sshd as fixture  # noqa: E402

BUILD = pathlib.Path(os.environ.get('FAIRLEAD_BUILD', ROOT / 'build')).resolve()
NAME = 'GPU Box'
PROJECT = 'demo'


class Stage:
    """The server, the solver's folder and a saved connection to it, all in one temporary folder."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.server = fixture.Sshd(self.directory / 'sshd')
        self.path = self.directory / 'remote' / 'solver'
        self.path.mkdir(parents=True)
        shutil.copy(HERE / 'server.py', self.path)
        (self.path / 'demo.env').write_text('FAIRLEAD_DEMO_AUTOSTART=1\nFAIRLEAD_DEMO_START=1.5\n'
                                            'FAIRLEAD_DEMO_FPS=8\nFAIRLEAD_DEMO_FRAMES=240\n')

    def save_connection(self, config):
        """Write profiles.json as the editor would; the local port is another than the remote one, since
        both loopbacks are one here."""
        profile = {
            'id': '00000000-0000-4000-8000-000000000001', 'name': NAME, 'type': 'SSH',
            'host': self.server.bind, 'port': self.server.port, 'user': self.server.user,
            'key-path': str(self.server.identity), 'remote-path': str(self.path),
            'server-port': fixture.free_port(), 'local-port': fixture.free_port(),
            'project-name': PROJECT,
        }
        folder = config / 'fairlead'
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / 'profiles.json'
        file.write_text(json.dumps({'version': 1, 'profiles': [profile]}))
        file.chmod(0o600)
        return profile

    def solvers(self):
        """Pids of the solvers that run in the folder."""
        found = []
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if (os.path.samefile(entry / 'cwd', self.path)
                            and b'server.py' in (entry / 'cmdline').read_bytes()):
                        found.append(int(entry.name))
        return found

    def end_solver(self):
        """Should anything have gone wrong, or the person have kept it."""
        for pid in self.solvers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def environ(home):
    """For the program alone: nothing of the person's own ssh or settings."""
    return {'FAIRLEAD_SSH_HOME': str(home), 'GSETTINGS_BACKEND': 'memory',
            'GSETTINGS_SCHEMA_DIR': str(BUILD / 'data')}


def ask_solver(port):
    """One status request through the tunnel (PROTOCOL.md)."""
    words = f'--name {PROJECT}'.encode()
    with socket.create_connection(('127.0.0.1', port), timeout=10) as s:
        s.sendall(b'TCMD' + struct.pack('>I', len(words)) + words)
        answer = b''
        while chunk := s.recv(65536):
            answer += chunk
    return json.loads(answer)


# ---------------------------------------------------------------- for a person

def show(stage, directory, home):
    variables = {**os.environ, **environ(home)}
    variables.update(XDG_CONFIG_HOME=str(directory / 'config'), XDG_CACHE_HOME=str(directory / 'cache'),
                     XDG_DATA_HOME=str(directory / 'data'), XDG_STATE_HOME=str(directory / 'state'))
    stage.save_connection(directory / 'config')
    print(f'“{NAME}” is a throwaway sshd on this machine. Select it and press Connect.\n'
          f'Its fingerprint, to paste into the dialog:\n\n    {stage.server.fingerprints()[0]}\n\n'
          'Close the window to end.', flush=True)
    # A session bus of its own, so that a Fairlead that is open already is left alone.
    bus = ['dbus-run-session', '--'] if shutil.which('dbus-run-session') else []
    return subprocess.run([*bus, BUILD / 'src' / 'fairlead'], env=variables, check=False).returncode


# ---------------------------------------------------------------- by itself

class Drive:
    def __init__(self, stage, home, screenshot, verify=None):
        self.stage, self.home, self.screenshot, self.verify = stage, home, screenshot, verify
        self.started = time.monotonic()

    def say(self, text):
        print(f'{time.monotonic() - self.started:6.2f} s  {text}', flush=True)

    def run(self):
        import uidrv
        self.wait = uidrv.wait
        profile = self.stage.save_connection(pathlib.Path(os.environ['XDG_CONFIG_HOME']))
        # GTK 4.8's own accessibility warns now and then; the UI tests see to our own warnings.
        self.app = uidrv.App(home=self.home, environment={**environ(self.home), 'G_DEBUG': ''})
        try:
            self.say('the window is there')
            self.connect()
            self.check(profile)
            self.picture(self.screenshot)
            self.say(f'screenshot: {self.screenshot}')
            self.stop()
        except BaseException:
            self.app.screenshot(self.screenshot)
            print(f'the screen: {self.screenshot}\nthe program said:\n{self.app.output()}', file=sys.stderr)
            raise
        finally:
            status = self.app.close()
        self.say(f'the window is closed; the main loop was never away for more than {self.app.worst_gap()} ms')
        return status

    def picture(self, path):
        self.app.screenshot(path)
        subprocess.run(['mogrify', '-trim', '+repage', '-strip', path], check=True)

    def connect(self):
        app = self.app
        app.point(app.find('list item'))
        app.command('win.connect')
        app.fill('Paste the fingerprint you were given', self.stage.server.fingerprints()[0])
        self.say('the host is new; its fingerprint is compared with the one that was given')
        app.label('(?i)matches')
        if self.verify:
            self.picture(self.verify)
        app.click(re.compile('Trust and Connect'))
        self.say('it matches: Trust and Connect')
        app.label('^Solver ready', timeout=60)
        self.say('the solver is ready')

    def check(self, profile):
        answer = ask_solver(profile['local-port'])
        self.say(f'through the tunnel, at 127.0.0.1:{profile["local-port"]}, it answers: '
                 f'{answer["status"]}, frame {answer["frame"]}')
        self.app.label(r'Frame \d+ of', timeout=20)
        self.app.label('^Reached')
        assert (self.stage.path / 'server.log').read_text(), 'server.log is empty'
        known = (self.home / '.ssh' / 'known_hosts').read_text()
        assert self.stage.server.known_hosts_lines()[0].split()[2] in known, 'the key was not saved'
        # Far enough into the solve for the picture to show it.
        self.app.label(r'Frame ([4-9]\d|1\d\d) of', timeout=60)

    def stop(self):
        self.app.command('win.stop-solver')
        self.app.label('^Solver stopped')
        assert not self.stage.solvers(), 'a solver still runs'
        self.say('the solver is stopped')


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _frame: sys.exit(128 + n))
    with tempfile.TemporaryDirectory(prefix='fairlead-demo-', ignore_cleanup_errors=True) as directory:
        directory = pathlib.Path(directory)
        directory.chmod(0o755)
        stage, home = Stage(directory), directory / 'home'
        (home / '.ssh').mkdir(parents=True, mode=0o700)
        try:
            with stage.server:
                if sys.argv[1:2] == ['show']:
                    return show(stage, directory, home)
                return Drive(stage, home, *map(os.path.abspath, sys.argv[2:])).run()
        finally:
            stage.end_solver()


if __name__ == '__main__':
    sys.exit(main())

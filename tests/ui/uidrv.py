#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real program as a person would: AT-SPI to find and read, real keys and a real pointer.

Meant to run inside xrun.sh with GTK_A11Y=atspi and /usr/bin/python3 (which has gi).
"""

import functools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

warnings.filterwarnings('ignore', category=DeprecationWarning)

import gi  # noqa: E402

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tests/lib'))
import sshd as fixture  # noqa: E402

BUILD = pathlib.Path(os.environ.get('FAIRLEAD_BUILD') or ROOT / 'build').resolve()
PROGRAM = pathlib.Path(os.environ.get('FAIRLEAD') or BUILD / 'src/fairlead')
WORST_GAP = 500.0       # ms: what fails a test
PATIENCE = 15.0         # s


@functools.cache
def desktop():
    """Of this process: the connection does not survive a fork."""
    Atspi.init()
    Atspi.set_timeout(3000, 10000)
    return Atspi.get_desktop(0)


class Timeout(AssertionError):
    """What was waited for did not come."""


def pump():
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


def wait(condition, what, timeout=PATIENCE):
    """Until CONDITION is true; its value. The tree changes under our hands, so errors count as "not yet"."""
    end = time.monotonic() + timeout
    problem = None
    while True:
        pump()
        try:
            value = condition()
            if value:
                return value
        except (GLib.Error, AttributeError, TypeError, subprocess.CalledProcessError) as error:
            problem = error
        if App.current is not None and not App.current.running():
            raise Timeout(f'the program ended with {App.current.process.returncode} before {what}:\n'
                          + App.current.output())
        if time.monotonic() > end:
            raise Timeout(f'timed out waiting for {what}' + (f' ({problem})' if problem else ''))
        time.sleep(0.03)


def xdotool(*words):
    return subprocess.run(['xdotool', *map(str, words)], check=True, capture_output=True,
                          text=True).stdout


def children(node):
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None:
            yield child


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def states(node):
    node.clear_cache()
    return {state.value_nick for state in node.get_state_set().get_states()}


def showing(node):
    """GTK 4.8 never says "showing": what was never laid out has no size. (Windows have none either.)"""
    if node.get_role_name() in ('application', 'frame', 'dialog'):
        return True
    if 'visible' not in states(node):
        return False
    try:
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
    except GLib.Error:      # a page of a stack is in the tree too, but is no widget
        return False
    return box.width > 0 and box.height > 0


def name_of(node):
    """GTK 4.8 names a button with a mnemonic twice: "_Cancel Cancel"."""
    name = node.get_name()
    plain = name.replace('_', '', 1)
    half = len(plain) // 2
    return plain[:half] if plain != name and plain[:half] == plain[half + 1:] else name


def text_of(node):
    """GTK 4.8 takes no -1 for "to the end"."""
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def matches(node, role, name):
    if role is not None and node.get_role_name() not in ((role,) if isinstance(role, str) else role):
        return False
    if name is None:
        return True
    found = name_of(node)
    return bool(name.search(found)) if isinstance(name, re.Pattern) else found == name


BUTTON = ('push button', 'button', 'toggle button')


class App:
    """The program, running."""

    current = None

    def __init__(self, arguments=(), *, home, environment=()):
        self.gaps = pathlib.Path(home) / 'frame-gaps'
        self.log = (pathlib.Path(home) / 'program.log').open('w+')
        env = {**os.environ, 'FAIRLEAD_FRAME_GAPS': str(self.gaps), 'G_DEBUG': 'fatal-warnings',
               'GSETTINGS_SCHEMA_DIR': str(BUILD / 'data'), 'LC_ALL': 'C.UTF-8', **dict(environment)}
        self.process = subprocess.Popen([str(PROGRAM), *arguments], env=env, stdout=self.log,
                                        stderr=subprocess.STDOUT)
        App.current = self
        self.root = wait(self._find_root, 'the program')

    def _find_root(self):
        desktop().clear_cache()
        for node in children(desktop()):
            if node.get_process_id() == self.process.pid and node.get_child_count():
                return node
        return None

    def output(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text()

    # finding and reading

    def all(self, role=None, name=None, root=None):
        top = root or self.root
        top.clear_cache()
        return [node for node in walk(top) if matches(node, role, name) and showing(node)]

    def find(self, role, name=None, root=None, timeout=PATIENCE):
        return wait(lambda: next(iter(self.all(role, name, root)), None), f'{role} {name!r}', timeout)

    def gone(self, role, name, timeout=PATIENCE):
        wait(lambda: not self.all(role, name), f'{role} {name!r} to go', timeout)

    def label(self, pattern, timeout=PATIENCE):
        """A label on the screen whose text matches."""
        regex = re.compile(pattern)

        def condition():
            return next((node for node in self.all('label') if regex.search(node.get_name())), None)

        return wait(condition, f'a label like {pattern!r}', timeout)

    def entry(self, name, timeout=PATIENCE):
        return self.find(('text', 'entry', 'password text'), name, timeout=timeout)

    def dump(self):
        def one(node, depth):
            node.clear_cache()
            lines.append('  ' * depth + f'{node.get_role_name()} {node.get_name()!r}'
                         + ('' if showing(node) else ' (hidden)'))
            for child in children(node):
                one(child, depth + 1)
        lines = []
        one(self.root, 0)
        return '\n'.join(lines)

    # doing

    def act(self, node, action='click'):
        for i in range(Atspi.Action.get_n_actions(node)):
            if Atspi.Action.get_action_name(node, i) == action:
                return Atspi.Action.do_action(node, i)
        raise AssertionError(f'{node.get_name()!r} has no action {action}')

    def click(self, name, role=BUTTON, timeout=PATIENCE):
        """The last one of that name that can be clicked: windows in front come after those behind."""
        self.act(wait(lambda: [n for n in self.all(role, name) if 'sensitive' in states(n)],
                      f'button {name!r}', timeout)[-1])

    def command(self, name):
        """An action of the window, as its menu or its key would do it."""
        frame = wait(lambda: next((n for n in self.all('frame')
                                   if name in self._actions(n)), None), f'action {name}')
        self.act(frame, name)

    @staticmethod
    def _actions(node):
        return [Atspi.Action.get_action_name(node, i) for i in range(Atspi.Action.get_n_actions(node))]

    def fill(self, name, text):
        field = self.entry(name)
        assert Atspi.EditableText.set_text_contents(field, text)
        wait(lambda: text_of(field) == text, f'{name} to hold {text!r}')

    def keys(self, *keys):
        xdotool('key', '--clearmodifiers', *keys)

    def type(self, text):
        xdotool('type', '--delay', '12', text)

    def focused(self, name, timeout=PATIENCE):
        """Wait until what is called NAME has the focus."""
        wait(lambda: any(name_of(node) == name and 'focused' in states(node)
                         for node in walk(self.root)), f'{name!r} to have the focus', timeout)

    # the screen

    def focused_window(self):
        """The X window of ours that has the keyboard: the newest dialog, else the main window."""
        def condition():
            window = xdotool('getwindowfocus').strip()
            return window if xdotool('getwindowpid', window).strip() == str(self.process.pid) else None

        return wait(condition, 'the keyboard')

    def centre(self, node):
        """Screen position: the X window, its client-side shadow, and what AT-SPI says."""
        window = self.focused_window()
        shell = dict(line.split('=') for line in
                     xdotool('getwindowgeometry', '--shell', window).split())
        extents = subprocess.run(['xprop', '-id', window, '_GTK_FRAME_EXTENTS'], capture_output=True,
                                 text=True, check=False).stdout
        left = top = 0
        if '=' in extents:
            left, _, top, _ = (int(v) for v in extents.split('=')[1].split(','))
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        return (int(shell['X']) + left + box.x + box.width // 2,
                int(shell['Y']) + top + box.y + box.height // 2)

    def point(self, node):
        """A real click: two moves, press, pause, release (xdotool's own click is lost now and then)."""
        x, y = self.centre(node)
        xdotool('mousemove', x - 3, y - 2, 'sleep', '0.03', 'mousemove', x, y, 'sleep', '0.05',
                'mousedown', 1, 'sleep', '0.05', 'mouseup', 1)

    def type_into(self, name, text):
        """Click into a field and type, as a person does."""
        field = self.entry(name)

        def pointed():
            # A new dialog can be read before it has its place and the keyboard: then the click went elsewhere.
            self.point(field)
            end = time.monotonic() + 1
            while 'focused' not in states(field) and time.monotonic() < end:
                time.sleep(0.03)
            return 'focused' in states(field)

        wait(pointed, f'{name!r} to have the focus')
        self.type(text)
        return field

    def paste_into(self, name, text):
        """TEXT is what was copied: it comes out in a field, which is left empty."""
        field = self.type_into(name, '')
        self.keys('ctrl+v')
        wait(lambda: text_of(field) == text, f'{text!r} on the clipboard')
        assert Atspi.EditableText.set_text_contents(field, '')

    def screenshot(self, path):
        subprocess.run(['import', '-window', 'root', str(path)], check=True)

    # the end

    def running(self):
        return self.process.poll() is None

    def wait_end(self, timeout=PATIENCE):
        return self.process.wait(timeout)

    def worst_gap(self):
        return float(self.gaps.read_text()) if self.gaps.exists() else None

    def close(self):
        App.current = None
        if self.running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        return self.process.returncode


class Journey(unittest.TestCase):
    """A home of its own, a real sshd, a demo solver in its remote path, and the program."""

    DEADLINE = 120
    SSHD = {}

    def setUp(self):
        self._holder = tempfile.TemporaryDirectory(prefix='fairlead-ui-')
        self.addCleanup(self._holder.cleanup)
        self.home = pathlib.Path(self._holder.name)
        (self.home / '.ssh').mkdir(mode=0o700)
        (self.home / 'config').mkdir()
        shutil.copytree(HERE / 'gtk-4.0', self.home / 'config/gtk-4.0')
        self.sshd = fixture.Sshd(self.home / 'sshd', **self.SSHD)
        self.key = self.home / 'id_test'
        shutil.copy(self.sshd.identity, self.key)
        self.key.chmod(0o600)
        self.sshd.start()
        self.addCleanup(self.sshd.stop)
        self.server_port, self.local_port = fixture.free_port(), fixture.free_port()
        self.solver = self.home / 'solver'
        self.solver.mkdir()
        shutil.copy(ROOT / 'tests/demo/server.py', self.solver)
        self.addCleanup(self.end_solver)
        self.app = None

    def start(self, *arguments, **environment):
        self.app = App(arguments, home=self.home, environment={
            'HOME': str(self.home), 'FAIRLEAD_SSH_HOME': str(self.home),
            'XDG_CONFIG_HOME': str(self.home / 'config'), 'XDG_DATA_HOME': str(self.home / 'data'),
            'XDG_CACHE_HOME': str(self.home / 'cache'), 'XDG_STATE_HOME': str(self.home / 'mine'),
            **environment})
        self.addCleanup(self.finish)
        return self.app

    def finish(self):
        """Every journey ends with a clean exit and a main loop that was never away for long."""
        app, self.app = self.app, None
        if app is None:
            return
        failed = getattr(self._outcome.result, 'failed', False)
        if failed:
            keep = os.environ.get('FAIRLEAD_UI_FAILURES')
            if keep:
                pathlib.Path(keep).mkdir(parents=True, exist_ok=True)
                app.screenshot(pathlib.Path(keep) / f'{self.id()}.png')
            print(f'# {self.id()}: the program said:\n{app.output()}')
            if app.running():
                print(f'# the screen:\n{app.dump()}')
        status, gap = app.close(), app.worst_gap()
        print(f'# {self.id()}: worst gap of the main loop {gap} ms')
        if not failed:
            self.assertEqual(status, 0, 'exit status')
            self.assertIsNotNone(gap, 'no gap was measured')
            self.assertLess(gap, WORST_GAP, 'the main loop was away too long')

    def end_solver(self):
        """End the solver that this test's program left running: by its record's pid, never by name."""
        for pid in self.solvers():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

    def solvers(self):
        """Pids of the solvers that this test's program has started and recorded."""
        records = self.home.glob('sshd/home/state/fairlead/*/*/record')
        return [int(re.search(r'^pid=(\d+)$', record.read_text(), re.MULTILINE)[1])
                for record in records]

    def profile(self, name='gpu01', **fields):
        """Put a saved connection there, as an earlier run of the program would have."""
        import json
        import uuid
        profile = {'id': str(uuid.uuid4()), 'name': name, 'type': 'SSH', 'host': '127.0.0.1',
                   'port': self.sshd.port, 'user': self.sshd.user, 'key-path': str(self.key),
                   'remote-path': str(self.solver), 'server-port': self.server_port,
                   'local-port': self.local_port, **fields}
        path = self.home / 'config/fairlead/profiles.json'
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(json.dumps({'version': 1, 'profiles': [profile]}))
        path.chmod(0o600)

    def trust(self):
        """The host is known already."""
        self.sshd.known_hosts(self.home / '.ssh/known_hosts')

# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the scripts of src/run/scripts by themselves, under each shell that a remote may have.

What Fairlead sends is put together as fairlead-remote-script.c does it, and a shell reads it from standard input,
in a session of its own, as under sshd.
"""

import pathlib
import secrets
import shutil
import subprocess
import sys

from fairlead_test import DEMO, ROOT, TestCase, fixture
from solver_case import kill_quietly, shell_quote

SCRIPTS = ROOT / 'src' / 'run' / 'scripts'
SHELLS = [shell for shell in ('dash', 'bash', 'busybox') if shutil.which(shell)]
TOOLS = ('awk', 'cat', 'chmod', 'cksum', 'cut', 'getent', 'grep', 'head', 'id', 'kill', 'ls', 'mkdir', 'mv', 'od', 'rm', 'sed',
         'setsid', 'sha256sum', 'sleep', 'sort', 'tail', 'tr', 'uname', 'wc', 'who')


def compose(name, mark, values):
    """The text for a script's standard input."""
    assignments = ''.join(f'{key}={shell_quote(value)}\n' for key, value in {'FL_MARK': mark, **values}.items())
    return (assignments + (SCRIPTS / 'lib.sh').read_text() + (SCRIPTS / f'{name}.sh').read_text()
            + 'fl_main </dev/null\nexit\n')


def supervise():
    """The value of FL_SUPERVISE."""
    lines = (SCRIPTS / 'supervise.sh').read_text().splitlines()
    return '\n'.join(line for line in lines if line.strip() and not line.lstrip().startswith('#')) + '\n'


def parse(mark, output):
    """The reply: words as they are, values as text."""
    text = output.decode(errors='replace')
    reply = {}
    for line in text.partition(f'\n{mark} begin\n')[2].partition(f'\n{mark} end\n')[0].splitlines():
        if ':' in line and '=' not in line.partition(':')[0]:
            key, _, reply[key] = line.partition(':')
        elif '=' in line:
            key, _, value = line.partition('=')
            reply[key] = bytes.fromhex(value).decode(errors='replace')
    return reply


class ScriptCase(TestCase):
    """self.home is the account's home on the "remote"."""

    def setUp(self):
        super().setUp()
        self.home = self.tmp / 'home'
        self.home.mkdir(mode=0o700)
        self.path_of = {shell: self.make_tools(shell) for shell in SHELLS}

    def make_tools(self, shell, *, name=None, without=(), more=None):
        """A PATH with what scripts may use and no more; of busybox they are its own."""
        folder = self.tmp / 'bin' / (name or shell)
        folder.mkdir(parents=True)
        for tool in TOOLS:
            program = shutil.which('busybox' if shell == 'busybox' else tool)
            if program and tool not in without:
                (folder / tool).symlink_to(program)
        program = shutil.which(shell)
        (folder / 'sh').symlink_to(program)
        for tool, program in (more or {}).items():
            (folder / tool).symlink_to(program)
        return folder

    def run_script(self, name, shell='dash', *, tools=None, wrap=(), user=None, **values):
        """Run a script to its end, with those TOOLS, by the command WRAP: its reply."""
        mark = secrets.token_hex(16)
        folder = tools or self.path_of[shell]
        command = [*wrap, shutil.which('env'), '-i', f'HOME={self.home}', f'PATH={folder}', str(folder / 'sh'), '-s']
        done = subprocess.run(command, input=compose(name, mark, values).encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=60, start_new_session=True, user=user,
                              group=user)
        self.assertEqual(done.stderr.decode(), '', f'{name} under {shell}')
        return parse(mark, done.stdout)

    def solver(self, name='solver', text=None):
        path = self.tmp / name
        path.mkdir()
        if text:
            (path / 'server.py').write_text(text)
        else:
            shutil.copy(DEMO, path / 'server.py')
        (path / 'demo.env').write_text('FAIRLEAD_DEMO_START=0.05\n')
        return path

    def launch(self, path, shell='dash', *, port=None, token=None, **more):
        """What launch.sh says, with the token that it was given."""
        token = token or secrets.token_hex(16)
        values = {'FL_PATH': path, 'FL_KIND': 'python', 'FL_COMMAND': '', 'FL_PYTHON': sys.executable,
                  'FL_VENV': '', 'FL_PORT': port or fixture.free_port(), 'FL_BIND': '127.0.0.1', 'FL_MAY_LAUNCH': 'yes',
                  'FL_TOKEN': token, 'FL_PROFILE': 'test',
                  'FL_DESKTOP': 'here', 'FL_SUPERVISE': supervise()}
        how = {key: more.pop(key) for key in ('tools', 'wrap', 'user') if key in more}
        return self.run_script('launch', shell, **how, **{**values, **more})

    def stop(self, reply, shell='dash', grace=20, **how):
        return self.run_script('stop', shell, FL_DIR=reply['dir'], FL_TOKEN=reply['token'], FL_GRACE=grace,
                               **how)['result']

    def bystander(self, **how):
        """A process that nothing of ours may ever signal; looked at when the test ends."""
        process = subprocess.Popen(['sleep', '600'], stdin=subprocess.DEVNULL, start_new_session=True, **how)
        self.addCleanup(process.wait)
        self.addCleanup(kill_quietly, process.pid)
        self.addCleanup(lambda: self.assertIsNone(process.poll(), 'a bystander was ended'))
        return process


def record_of(reply):
    """The record as a dict of its lines."""
    return dict(line.partition('=')[::2] for line in (pathlib.Path(reply['dir']) / 'record').read_text().splitlines())


def stat_of(pid):
    """Fields of /proc/PID/stat from the state on (proc(5)); None when it is gone, dead or not yet buried."""
    try:
        fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(') ')[2].split()
    except (OSError, ValueError):
        return None
    return None if fields[0] in 'ZX' else fields


def boot_id():
    return pathlib.Path('/proc/sys/kernel/random/boot_id').read_text().strip()


def is_alive(pid):
    return stat_of(pid) is not None

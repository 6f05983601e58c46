# SPDX-License-Identifier: GPL-3.0-or-later
"""A solver that cannot start or does not stay: each failure is made for real, and each has an error of its own."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs, needs_root  # noqa: E402
from mounted_sshd import MountedSshd, needs_mounts  # noqa: E402
from solver_case import SolverCase, kill_quietly  # noqa: E402

VENV = '.local/share/ppf-cts/venv'


class FailureCase(SolverCase):
    """The connection outlives each of them, and no error is only that time or a number ran out."""

    def folder(self, **files):
        """A remote path with these files (`__` in a name is a dot)."""
        path = self.tmp / 'remote' / 'solver'
        path.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (path / name.replace('__', '.')).write_text(textwrap.dedent(text))
        return path

    def failure(self, server, path, *more, **how):
        cli = self.connect(server, path, *more, **how)
        error = self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('link', state='online'), cli.events)
        self.assertFalse(cli.find('link', state='failed'), cli.events)
        self.assertFalse(cli.find('tunnel', state='open'), cli.events)
        self.assertNotRegex(error['message'], r'timed out|\(exit code|exit code \d+\.$')
        self.assertTrue(error['hint'], error)
        return error

    def says(self, error, message, hint='', details=None):
        self.assertIn(message, error['message'])
        self.assertIn(hint, error['hint'])
        if details is not None:
            self.assertIn(details, error['details'] or '')


class Check(FailureCase):
    """What is seen before anything is started."""

    def test_path_missing(self):
        (self.tmp / 'remote').mkdir()
        error = self.failure(self.sshd(), self.tmp / 'remote' / 'no where' / 'solver')
        self.says(error, f'Remote path not found ({self.tmp}/remote/no where/solver/server.py).',
                  f'{self.tmp}/remote/no where is not there.')

    def test_path_is_a_file(self):
        path = self.folder(server__py='')
        error = self.failure(self.sshd(), path / 'server.py')
        self.says(error, 'Remote path not found', f'{path}/server.py is a file.')

    def test_empty_folder(self):
        path = self.folder()
        error = self.failure(self.sshd(), path)
        self.says(error, f'Remote path not found ({path}/server.py).', 'neither server.py nor target/release')

    def test_folder_of_another(self):
        """Whose it is is shown; as root with an account, as others with their own folder closed."""
        if fixture.is_root():
            account = self.account('dash')
            server = self.sshd(user=account.name)
            user = account.name
        else:
            server, user = self.sshd(), fixture.me()
        path = self.folder(server__py='')
        path.parent.chmod(0o700 if fixture.is_root() else 0)
        self.addCleanup(path.parent.chmod, 0o700)
        error = self.failure(server, path)
        self.says(error, f'cannot be entered: access to {path.parent} is not allowed.', user,
                  'drwx------' if fixture.is_root() else 'd---------')

    def test_program_of_another(self):
        if fixture.is_root():
            account = self.account('dash')
            server = self.sshd(user=account.name)
        else:
            server = self.sshd()
        path = self.folder(server__py='')
        (path / 'server.py').chmod(0o600 if fixture.is_root() else 0)
        error = self.failure(server, path)
        self.says(error, f'{path}/server.py cannot be read: access to it is not allowed.')

    def test_folder_that_cannot_be_written(self):
        if not fixture.is_root():
            server, path = self.sshd(), self.solver()
            path.chmod(0o500)
        else:
            account = self.account('busybox') if shutil.which('busybox') else self.account('dash')
            server, path = self.sshd(user=account.name), self.solver()
        error = self.failure(server, path)
        self.says(error, f'Nothing can be written to {path}', 'The line below', 'dr')

    def test_link_that_leads_nowhere(self):
        path = self.folder()
        (path / 'server.py').symlink_to('/nowhere')
        self.says(self.failure(self.sshd(), path), 'server.py is not a file', '', '-> /nowhere')

    def test_binary_not_executable(self):
        path = self.folder()
        binary = path / 'target' / 'release' / 'ppf-cts-server'
        binary.parent.mkdir(parents=True)
        shutil.copy('/bin/true', binary)
        binary.chmod(0o644)
        self.says(self.failure(self.sshd(), path), f'{binary} may not be run.', 'chmod +x')

    @needs_mounts
    def test_binary_where_nothing_may_be_run(self):
        path = self.folder()
        binary = path / 'target' / 'release' / 'ppf-cts-server'
        binary.parent.mkdir(parents=True)
        shutil.copy('/bin/true', binary)
        server = self.enter(MountedSshd(self.tmp / 'sshd-m', paths=[path], setup='''
            mount --bind "$1" "$1"; mount -o remount,bind,noexec "$1"'''))
        self.says(self.failure(server, path), f'{binary} may not be run where it is.', 'noexec')

    @needs_mounts
    def test_disk_full(self):
        path = self.solver()
        server = self.enter(MountedSshd(self.tmp / 'sshd-m', paths=[path], setup='''
            mkdir "$1.copy"; cp "$1"/* "$1.copy"; mount -t tmpfs -o size=256k none "$1"; cp "$1.copy"/* "$1"
            dd if=/dev/zero of="$1/scene" bs=4k 2>/dev/null || :'''))
        self.says(self.failure(server, path), f'The disk of {server.target.split("@")[1]} that holds', 'Make room',
                  '100%')

    @needs_mounts
    def test_disk_read_only(self):
        path = self.solver()
        server = self.enter(MountedSshd(self.tmp / 'sshd-m', paths=[path], setup='''
            mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"'''))
        self.says(self.failure(server, path), f'Nothing can be written to {path}: its file system is read-only.')

    # Python

    def no_python(self):
        """A folder for PATH with every tool but Python."""
        tools = self.tmp / 'tools'
        tools.mkdir()
        for folder in ('/bin', '/usr/bin', '/usr/sbin'):
            for entry in pathlib.Path(folder).iterdir():
                if not re.match(r'python|pypy', entry.name) and not (tools / entry.name).is_symlink():
                    (tools / entry.name).symlink_to(entry)
        return tools

    def test_no_python(self):
        tools = self.no_python()
        server = self.sshd(environment={'PATH': str(tools)})
        # What a login shell would make of PATH.
        for name in ('.profile', '.bash_profile', '.zprofile'):
            (server.home / name).write_text(f'PATH={tools}\nexport PATH\n')
        error = self.failure(server, self.solver())
        self.says(error, 'No Python was found on 127.0.0.1 to start the solver with.', 'Name the interpreter')

    def test_python_of_the_settings_missing(self):
        error = self.failure(self.sshd(), self.solver(), '--python', '/opt/no/python3')
        self.says(error, "The Python of the connection's settings was not found on 127.0.0.1: /opt/no/python3")

    def test_python_of_the_settings_is_no_python(self):
        error = self.failure(self.sshd(), self.solver(), '--python', '/bin/false')
        self.says(error, 'The Python of 127.0.0.1 does not run: /bin/false')

    def venv(self, server, *options):
        subprocess.run(['/usr/bin/python3', '-m', 'venv', '--without-pip', *options, str(server.home / VENV)],
                       check=True)
        return server.home / VENV

    @needs('/usr/bin/python3')
    def test_venv(self):
        server, path = self.sshd(), self.solver()
        venv = self.venv(server)
        cli = self.run_detached(server, path)
        self.assertTrue(cli.find('server', state='ready', interpreter=f'{venv}/bin/python3'), cli.events)

    @needs('/usr/bin/python3')
    def test_venv_whose_python_is_gone(self):
        server = self.sshd()
        venv = self.venv(server)
        for link in venv.glob('bin/python*'):
            link.unlink()
            link.symlink_to('/opt/python-that-was-removed/bin/python3')
        error = self.failure(server, self.solver())
        self.says(error, f'The Python environment {venv} of 127.0.0.1 is broken: its interpreter does not run.',
                  f'python3 -m venv --clear {venv}', '/opt/python-that-was-removed')
        # Another Python helps, as the error says.
        self.run_detached(server, self.solver('another'), '--python', '/usr/bin/python3')

    @needs('/usr/bin/python3')
    def test_venv_whose_library_is_gone(self):
        server = self.sshd()
        venv = self.venv(server, '--copies')
        # As after the Python that it was made from has been taken away.
        (venv / 'bin' / 'python3').unlink()
        (venv / 'bin' / 'python3').write_text(
            f'#!/bin/sh\nPYTHONHOME=/opt/python-that-was-removed exec {venv}/bin/python "$@"\n')
        (venv / 'bin' / 'python3').chmod(0o755)
        error = self.failure(server, self.solver())
        self.says(error, 'is broken: its interpreter does not run.', '', 'encodings')

    @needs('/usr/bin/python3')
    def test_empty_venv(self):
        server = self.sshd()
        (server.home / VENV / 'bin').mkdir(parents=True)
        self.says(self.failure(server, self.solver()), 'is broken: it has no interpreter.')

    def test_a_running_solver_is_found_all_the_same(self):
        """What would be in the way of a start is not in the way of one that runs."""
        server, path, port = self.sshd(), self.solver(), fixture.free_port()
        self.run_detached(server, path, server_port=port)
        (server.home / VENV / 'bin').mkdir(parents=True)
        again = self.run_detached(server, path, server_port=port)
        self.assertTrue(again.find('server', state='ready', adopted=True), again.events)
        self.assert_runs(path)


class Start(FailureCase):
    """What only the program itself comes to see."""

    def start(self, program, *more, **how):
        return self.failure(self.sshd(), self.folder(server__py=program), *more, **how)

    def test_module_missing(self):
        error = self.start('import sys\nimport tetrahedra_of_nowhere.mesh\n')
        self.says(error, 'did not start: the Python module “tetrahedra_of_nowhere” is missing.',
                  'python3 -m pip install tetrahedra_of_nowhere', "\n» ModuleNotFoundError: No module named")
        self.assertTrue(error['details'].startswith('» File "'), error['details'])
        self.assertIn('server.py", line 2', error['details'].split('\n')[0])

    def test_python_too_old(self):
        error = self.start('a = 1\nnew = a ?? 2\n')
        self.says(error, 'Python cannot read the program (invalid syntax).', 'python3 may be too old')

    def test_gpu_missing(self):
        if fixture_has_gpu():
            self.skipTest('needs a machine without the driver of a GPU')
        error = self.start('''
            import ctypes
            try:
                cuda = ctypes.CDLL("libcuda.so.1")
            except OSError as error:
                raise RuntimeError("the solver cannot be set up") from error
            ''')
        self.says(error, 'did not start: no driver of a GPU is installed.', 'nvidia-smi',
                  '» OSError: libcuda.so.1: cannot open shared object file')

    def test_port_taken_since_the_check(self):
        """The other program takes it between our look and the server's bind."""
        path = self.folder(server__py='''
            import argparse, os, socket, time
            parser = argparse.ArgumentParser()
            parser.add_argument("--host")
            parser.add_argument("--port", type=int)
            options = parser.parse_args()
            print("waits", flush=True)
            while not os.path.exists("taken"):
                time.sleep(0.01)
            socket.create_server((options.host, options.port))
            ''')
        port = fixture.free_port()
        cli = self.connect(self.sshd(), path, server_port=port)
        cli.wait_for('server', state='waiting')
        with socket.create_server(('127.0.0.1', port)):
            (path / 'taken').touch()
            error = self.end(cli, 7, 'remote')
        self.says(error, f'did not start: port {port} is taken.', 'Set another server port',
                  'Address already in use')

    @needs_mounts
    def test_disk_full_while_it_starts(self):
        path = self.folder(server__py='''
            with open("cache", "wb") as cache:
                while True:
                    cache.write(bytes(65536))
            ''')
        server = self.enter(MountedSshd(self.tmp / 'sshd-m', paths=[path], setup='''
            mkdir "$1.copy"; cp "$1"/* "$1.copy"; mount -t tmpfs -o size=512k none "$1"; cp "$1.copy"/* "$1"'''))
        error = self.failure(server, path)
        self.says(error, 'did not start: the disk is full.', 'df -h')

    def test_file_size_limit(self):
        error = self.start('''
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
            open("cache", "wb").write(bytes(100000))
            ''')
        self.says(error, 'did not start: a file became larger than the account may write.', 'ulimit -a')

    def test_no_access_to_a_file(self):
        if fixture.is_root():
            account = self.account('dash')
            server = self.sshd(user=account.name)
        else:
            account, server = None, self.sshd()
        path = self.folder(server__py='open("scene.bin")\n')
        (path / 'scene.bin').touch()
        (path / 'scene.bin').chmod(0 if account is None else 0o600)
        if account:
            os.chown(path, account.uid, account.gid)
        self.says(self.failure(server, path), 'did not start: access to “scene.bin” is not allowed.', 'ls -ld')

    def test_file_missing(self):
        error = self.start('open("scene.bin")\n')
        self.says(error, 'did not start: the file “scene.bin” is not there.', 'It was looked for from')

    def test_memory(self):
        error = self.start('''
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
            bytearray(1 << 30)
            ''')
        self.says(error, 'did not start: the memory of the host is used up.', 'ulimit -v')

    def test_crash(self):
        error = self.start('import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n')
        self.says(error, 'did not start: it crashed (SIGSEGV).')

    def test_killed_while_it_starts(self):
        self.ended_by(signal.SIGKILL, 'it was killed (SIGKILL), most likely since the memory')

    def test_ended_by_another_while_it_starts(self):
        self.ended_by(signal.SIGTERM, 'it was told to end by somebody else (SIGTERM)')

    def ended_by(self, number, message):
        path = self.folder(server__py='import time\ntime.sleep(50)\n')
        cli = self.connect(self.sshd(), path)
        cli.wait_for('server', state='waiting')
        kill_quietly(self.assert_runs(path), number)
        error = self.end(cli, 7, 'remote')
        self.says(error, 'did not start: ' + message)

    def test_killed_while_the_tunnel_is_open(self):
        path = self.solver()
        cli = self.connect(self.sshd(), path)
        cli.wait_for_tunnel()
        kill_quietly(self.assert_runs(path))
        error = self.end(cli, 7, 'remote')
        self.says(error, 'ended: it was killed (SIGKILL)', 'dmesg')

    def test_never_ready(self):
        path = self.folder(server__py='''
            import time
            print("waiting for the licence server", flush=True)
            time.sleep(50)
            ''')
        error = self.failure(self.sshd(), path)
        self.says(error, 'was not ready within 16 s: it runs, but has not written SERVER_READY to progress.log, and '
                  'listens on no port.', 'It still runs.', 'waiting for the licence server')

    def test_never_ready_since_the_gpu_is_missing(self):
        """It catches its error, says it, and stays."""
        path = self.folder(server__py='''
            import time
            print("CUDA error: no CUDA-capable device is detected", flush=True)
            time.sleep(50)
            ''')
        error = self.failure(self.sshd(), path)
        self.says(error, 'was not ready within 16 s: no GPU was found.', 'It still runs.')


class Binaries(FailureCase):
    def start(self, make):
        path = self.folder()
        binary = path / 'target' / 'release' / 'ppf-cts-server'
        binary.parent.mkdir(parents=True)
        make(binary)
        binary.chmod(0o755)
        return self.failure(self.sshd(), path)

    def test_for_another_processor(self):
        def make(binary):
            shutil.copy('/bin/true', binary)
            with binary.open('r+b') as file:
                file.seek(18)                       # e_machine, elf(5)
                file.write(bytes([0xf3, 0]) if os.uname().machine != 'riscv64' else bytes([0x3e, 0]))
        self.says(self.start(make), 'did not start: the program was built for another kind of processor.', 'uname -m')

    @needs('cc')
    def test_library_missing(self):
        def make(binary):
            library = self.tmp / 'libof-nowhere.so'
            subprocess.run(['cc', '-shared', '-x', 'c', '-', '-o', library], input=b'int one (void) { return 1; }',
                           check=True)
            subprocess.run(['cc', '-x', 'c', '-', '-x', 'none', library, '-o', binary],
                           input=b'int one (void); int main (void) { return one (); }', check=True)
            library.unlink()
        self.says(self.start(make), 'did not start: the library “', 'LD_LIBRARY_PATH')

    def test_interpreter_missing(self):
        self.says(self.start(lambda binary: binary.write_text('#!/opt/no/interpreter\n')), 'did not start: ',
                  'connection')


class Commands(FailureCase):
    """The profile's own command."""

    def command(self, path, command, *more, server=None, **how):
        self.server = server or self.sshd()
        return self.connect(self.server, path, '--launch-command', command, *more, **how)

    def test_the_solver_by_a_command(self):
        path = self.solver()
        cli = self.command(path, 'exec python3 server.py', '--detach')
        self.end(cli, 0)
        self.assertTrue(cli.find('solver', protocol_version='0.04'), cli.events)
        self.assert_runs(path)

    def test_ready_by_its_port(self):
        """Another program, with a protocol of its own: a tunnel leads to it, and nothing is claimed of it."""
        path = self.folder(index__html='hello from the host')
        cli = self.command(path, 'exec python3 -m http.server --bind "$FAIRLEAD_HOST" "$FAIRLEAD_PORT" #')
        event = cli.wait_for('tunnel', state='open', health='answered')
        with socket.create_connection(('127.0.0.1', event['local_port'])) as client:
            client.sendall(b'GET /index.html HTTP/1.0\r\n\r\n')
            self.assertIn(b'hello from the host', client.makefile('rb').read())
        self.assertFalse(cli.find('solver'), cli.events)
        self.assertTrue(cli.find('server', state='ready', exposure='loopback'), cli.events)

    def test_ready_by_progress_though_its_port_answers(self):
        """A solver that listens before it is ready is waited for."""
        path = self.solver(START='2')
        cli = self.command(path, 'echo loading > progress.log; exec python3 server.py', '--detach')
        self.end(cli, 0)
        self.assertIn('SERVER_READY', (path / 'progress.log').read_text())
        self.assertTrue(cli.find('solver', protocol_version='0.04'), cli.events)

    def test_a_server_of_its_own_that_is_exposed(self):
        path = self.folder()
        error = self.end(self.command(path, 'exec python3 -m http.server --bind 0.0.0.0 "$FAIRLEAD_PORT" #'),
                         7, 'remote')
        self.says(error, 'can be reached from the network')

    def test_variables(self):
        """They reach the server to the byte, and no command line."""
        value = """ a "b" 'c' $(touch x) `d` \\ = #  """
        path = self.folder(server__py="""
            import json, os
            open("seen.json", "w").write(json.dumps(dict(os.environ)))
            raise ValueError("seen")
            """)
        self.failure(self.sshd(), path, '--env', f'SECRET={value}', '--env', 'EMPTY=', '--env', 'line=1',
                     '--env', 'PATH=/opt/cuda/bin:/usr/bin:/bin', '--env', 'SECRET_2=x')
        seen = json.loads((path / 'seen.json').read_text())
        self.assertEqual([seen.get(n) for n in ('SECRET', 'EMPTY', 'line', 'PATH', 'SECRET_2')],
                         [value, '', '1', '/opt/cuda/bin:/usr/bin:/bin', 'x'])
        self.assertFalse([n for n in seen if n.startswith('FL_')])
        self.assertFalse((path / 'x').exists())

    def test_variables_are_in_no_command_line(self):
        path = self.solver()
        cli = self.connect(self.sshd(), path, '--env', 'SECRET=not-for-ps', '--detach')
        self.end(cli, 0)
        environ = pathlib.Path(f'/proc/{self.assert_runs(path)}/environ').read_bytes().split(b'\0')
        self.assertIn(b'SECRET=not-for-ps', environ)
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    command = (entry / 'cmdline').read_bytes()
                    self.assertFalse(b'not-for-ps' in command and b'fairlead-cli' not in command, command)

    def test_a_variable_that_is_none(self):
        code = self.cli('connect', 'h', '--remote-path', '/x', '--env', 'FAIRLEAD_RUN=x').returncode
        self.assertEqual(code, 2)

    def fails(self, command, message, hint=''):
        error = self.end(self.command(self.folder(), command), 7, 'remote')
        self.says(error, 'did not start: ' + message, hint)

    def test_not_found(self):
        self.fails('no-such-solver --fast', '“no-such-solver” was not found.', 'launch command')

    def test_not_executable(self):
        path = self.folder(start='echo')
        error = self.end(self.command(path, './start'), 7, 'remote')
        self.says(error, 'did not start: “./start” may not be run.', 'chmod +x')

    def test_goes_to_the_background(self):
        self.fails('true', 'it ended by itself, and without an error (exit code 0).', 'foreground')

    def test_does_not_know_our_options(self):
        path = self.folder(other__py="""
            import argparse
            argparse.ArgumentParser().parse_args()
            """)
        error = self.end(self.command(path, 'python3 other.py'), 7, 'remote')
        self.says(error, 'did not start: it does not know the options it was given (--host 127.0.0.1',
                  '$FAIRLEAD_PORT')

    def test_a_number_alone(self):
        """What nobody can explain says at least what to do."""
        self.fails('echo bye; exit 23;', 'it ended with exit code 23, which says nothing by itself.',
                   'The lines below are the last')


def fixture_has_gpu():
    import ctypes
    try:
        ctypes.CDLL('libcuda.so.1')
    except OSError:
        return False
    return True

# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor: real conditions of a host, each with its finding, and nothing changed by looking."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs, needs_root  # noqa: E402
from events import check_line  # noqa: E402
from solver_case import SolverCase, shell_quote  # noqa: E402

CSV = '--format=csv,noheader,nounits'
GPU = '0, GPU-5c1f, NVIDIA GeForce RTX 4090, 550.54.15, 24564, 8192, 37'
BANNER = '| NVIDIA-SMI 550.54.15    Driver Version: 550.54.15    CUDA Version: 12.4     |'


class DoctorCase(SolverCase):
    DEADLINE = 90

    def doctor(self, server, path=None, *more, code=None, server_port=None):
        """The findings by their id: {'path': {…}}; of several of a kind the last."""
        self.known(server)
        arguments = ['doctor', f'{server.target}:{server.port}', '-F', '/dev/null', '-i', server.identity]
        arguments += ['--remote-path', path] if path else []
        arguments += ['--server-port', server_port or fixture.free_port()]
        self.arguments_used = arguments
        done = self.cli(*arguments, '--json', *more)
        events = [check_line(line + '\n') for line in done.stdout.splitlines()]
        found = {e['id']: e for e in events if e['event'] == 'finding'}
        self.assertTrue(found, done.stdout + done.stderr)
        self.assertEqual(done.stderr, '')
        problems = [i for i, f in found.items() if f['level'] == 'problem']
        self.assertEqual(done.returncode, 7 if problems else 0, problems)
        if code is not None:
            self.assertEqual(done.returncode, code, problems)
        return found

    def assert_found(self, finding, level, *words):
        text = json.dumps(finding, ensure_ascii=False).replace('\u00a0', ' ')
        self.assertEqual(finding['level'], level, text)
        for word in words:
            self.assertIn(word, text)
        if level == 'problem':
            self.assertTrue(finding['advice'], text)

    def with_programs(self, **programs):
        """An environment whose PATH has these scripts first."""
        folder = self.tmp / 'bin'
        folder.mkdir(exist_ok=True)
        for name, text in programs.items():
            file = folder / name.replace('_', '-')
            file.write_text('#!/bin/sh\n' + text)
            file.chmod(0o755)
        return {'PATH': f'{folder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'}


def snapshot(folder):
    """Every file below it, with what a write would change."""
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_size, p.lstat().st_ino)
            for p in [folder, *folder.rglob('*')]}


class Findings(DoctorCase):
    def test_all_well_and_nothing_changed(self):
        server, path = self.sshd(), self.solver('a solver of $(touch x)')
        before = snapshot(server.home), snapshot(path)
        found = self.doctor(server, path)
        self.assertEqual((snapshot(server.home), snapshot(path)), before)
        for name in 'system', 'shell', 'clock', 'program', 'python', 'port', 'forwarding':
            self.assert_found(found[name], 'ok')
        self.assertIn('a solver of $(touch x)', found['path']['found'])
        self.assertNotIn('protocol', found)
        self.assertNotIn('chatter', found)

    def test_beside_a_running_solver(self):
        server, path, port = self.sshd(), self.solver(), fixture.free_port()
        self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        found = self.doctor(server, path, server_port=port)
        self.assert_found(found['port'], 'ok', 'held by your solver')
        self.assert_found(found['protocol'], 'ok', 'protocol 0.')
        self.assertEqual(self.assert_runs(path), pid)

    def test_one_session_at_a_time(self):
        found = self.doctor(self.sshd(options={'MaxSessions': 1}), self.solver())
        self.assert_found(found['python'], 'ok')

    def test_path_missing(self):
        server = self.sshd()
        found = self.doctor(server, server.home / 'no' / 'where', code=7)
        self.assert_found(found['path'], 'problem', '~/no/where is not there', 'ends at ~')
        self.assertNotIn('program', found)

    def test_path_is_a_file(self):
        path = self.solver()
        found = self.doctor(self.sshd(), path / 'server.py' / 'x', code=7)
        self.assert_found(found['path'], 'problem', 'is a file')

    def test_nothing_to_start(self):
        path = self.solver()
        (path / 'server.py').unlink()
        found = self.doctor(self.sshd(), path, code=7)
        self.assert_found(found['program'], 'problem', 'Neither server.py nor')

    def test_binary_without_x(self):
        path = self.solver()
        (path / 'server.py').unlink()
        binary = path / 'target/release/ppf-cts-server'
        binary.parent.mkdir(parents=True)
        binary.write_text('')
        found = self.doctor(self.sshd(), path, code=7)
        self.assert_found(found['program'], 'problem', 'chmod +x')

    def test_no_path(self):
        found = self.doctor(self.sshd(), code=0)
        self.assert_found(found['path'], 'note', 'None is set')

    def test_modules_missing(self):
        path = self.solver()
        (path / 'server.py').write_text('import os, fairlead_no_such.x\nfrom fairlead_nor_this import y\n'
                                        'import helper\nraise SystemExit("run!")\n')
        (path / 'helper.py').write_text('raise SystemExit("imported!")\n')
        found = self.doctor(self.sshd(), path, code=7)
        self.assert_found(found['modules'], 'problem', 'fairlead_no_such, fairlead_nor_this', '-m pip install')
        self.assertEqual({p.name for p in path.iterdir()}, {'server.py', 'helper.py', 'demo.env'})

    def test_syntax_of_another_python(self):
        path = self.solver()
        (path / 'server.py').write_text('import os\nprint "Python 2"\n')
        found = self.doctor(self.sshd(), path, code=7)
        self.assert_found(found['modules'], 'problem', 'line 2')

    def test_broken_venv(self):
        server = self.sshd()
        python = server.home / '.local/share/ppf-cts/venv/bin/python3'
        python.parent.mkdir(parents=True)
        python.write_text('#!/no/such/python\n')
        python.chmod(0o755)
        found = self.doctor(server, self.solver(), code=7)
        self.assert_found(found['python'], 'problem', '~/.local/share/ppf-cts/venv/bin/python3', 'does not run')

    def test_empty_venv(self):
        server = self.sshd()
        (server.home / '.local/share/ppf-cts/venv').mkdir(parents=True)
        found = self.doctor(server, self.solver())
        self.assert_found(found['venv'], 'warning', 'holds no Python')
        self.assert_found(found['python'], 'ok')

    def test_python_of_the_connection(self):
        found = self.doctor(self.sshd(), self.solver(), '--python', '/no/such/python', code=7)
        self.assert_found(found['python'], 'problem', '/no/such/python')

    def test_port_of_our_account(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            port = holder.getsockname()[1]
            found = self.doctor(self.sshd(), self.solver(), server_port=port, code=7)
        self.assert_found(found['port'], 'problem', f'{port} is held by another process of your account',
                          f'(process {os.getpid()})', 'is free')

    def test_tunnels_not_allowed(self):
        found = self.doctor(self.sshd(options={'AllowTcpForwarding': 'no'}), self.solver(), code=7)
        self.assert_found(found['forwarding'], 'problem', 'AllowTcpForwarding')

    def test_clock(self):
        environment = self.with_programs(date='expr $(/bin/date +%s) + 7200\n')
        found = self.doctor(self.sshd(environment=environment), self.solver())
        self.assert_found(found['clock'], 'warning', 'seconds ahead')
        # The one second that a clock without fractions hides.
        self.assertRegex(found['clock']['found'], '^(7199|7200) seconds')

    @needs_root
    def test_not_of_this_account(self):
        account = self.account()
        closed = self.tmp / 'closed'
        (closed / 'solver').mkdir(parents=True)
        closed.chmod(0o700)
        found = self.doctor(self.sshd(user=account.name), closed / 'solver', code=7)
        self.assert_found(found['path'], 'problem', f'may not enter {closed}')

    @needs_root
    def test_not_to_be_written(self):
        account, path = self.account(), self.solver()
        path.chmod(0o755)
        found = self.doctor(self.sshd(user=account.name), path, code=7)
        self.assert_found(found['path'], 'problem', 'may not write')

    @needs_root
    def test_port_of_another_account(self):
        account = self.account()
        path = self.solver(account=account)
        with socket.create_server(('127.0.0.1', 0)) as holder:
            port = holder.getsockname()[1]
            found = self.doctor(self.sshd(user=account.name), path, server_port=port, code=7)
        self.assert_found(found['port'], 'problem', f'{port} is held by the account root', 'is free')


@needs_root
class Mounts(DoctorCase):
    """In a mount namespace of the sshd alone."""

    def sshd_with(self, options, size='4m'):
        """An sshd that sees a small file system at the folder: (server, folder)."""
        folder = self.tmp / 'small'
        folder.mkdir()
        test = self

        class Mounted(fixture.Sshd):
            def command(self):
                script = (f'mount -t tmpfs -o size={size},nr_inodes=2000 tmpfs "$0" && cp {shell_quote(test.source)}/* "$0"/ '
                          f'&& {test.fill} && mount -o remount,{options} "$0" && exec "$@"')
                return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, str(folder),
                        *super().command()]

        self.source = self.solver()
        self.fill = getattr(self, 'fill', 'true')
        return self.enter(Mounted(self.tmp / 'sshd')), folder

    def setUp(self):
        super().setUp()
        if subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
            self.skipTest('needs mount namespaces')

    def test_full_disk(self):
        self.fill = '{ head -c 8m /dev/zero >"$0"/filler 2>/dev/null || true; }'
        server, folder = self.sshd_with('rw')
        found = self.doctor(server, folder, code=7)
        self.assert_found(found['disk'], 'problem', 'of 4.0 MiB free', 'full')

    def test_no_inodes(self):
        self.fill = 'mkdir "$0"/many && { (cd "$0"/many && seq 3000 | xargs touch 2>/dev/null) || true; }'
        server, folder = self.sshd_with('rw', size='64m')
        found = self.doctor(server, folder, code=7)
        self.assert_found(found['disk'], 'problem', 'inodes')

    def test_read_only(self):
        server, folder = self.sshd_with('ro')
        found = self.doctor(server, folder, code=7)
        self.assert_found(found['path'], 'problem', 'read-only')

    def test_noexec(self):
        server, folder = self.sshd_with('noexec')
        found = self.doctor(server, folder, code=7)
        self.assertEqual(found['path']['level'], 'ok')
        self.assert_found(found['disk'], 'problem')


class Gpus(DoctorCase):
    """nvidia-smi by a script that answers as the real one does; the cards are not on this machine."""

    def gpus(self, script):
        return self.doctor(self.sshd(environment=self.with_programs(nvidia_smi=script)), self.solver())

    def fake(self, gpus=GPU, apps='', banner=BANNER):
        return (f'case "$*" in *--query-gpu=index,uuid,*) echo {shell_quote(gpus)};;\n'
                f'*--query-compute-apps=*) printf %s {shell_quote(apps)};;\n'
                f'"") echo {shell_quote(banner)};; *) exit 2;; esac\n')

    def test_free(self):
        found = self.gpus(self.fake())
        self.assert_found(found['gpu'], 'ok', 'RTX 4090, 16.0 GiB of 24.0 GiB free, 37 % busy')
        self.assert_found(found['gpu-driver'], 'ok', '550.54.15, for CUDA up to 12.4')
        self.assertNotIn('gpu-processes', found)

    def test_in_use(self):
        with subprocess.Popen(['sleep', '60']) as process:
            self.addCleanup(process.kill)
            found = self.gpus(self.fake(apps=f'GPU-5c1f, {process.pid}, sleep, 8000\n'))
            process.kill()
        self.assert_found(found['gpu-processes'], 'note', f'{process.pid}  {fixture.me()}  7.8 GiB  sleep 60')

    def test_several_shy_and_divided(self):
        gpus = (GPU + '\n1, GPU-77, NVIDIA A100-SXM4-80GB, 550.54.15, 81920, 81000, [N/A]\n'
                '2, GPU-78, GRID K1, 550.54.15, [N/A], [Not Supported], [N/A]')
        found = self.gpus(self.fake(gpus, banner=BANNER + '\n| MIG devices:   |'))
        self.assertEqual(found['gpu']['title'], 'Graphics card 2')
        self.assert_found(found['gpu-driver'], 'note', 'MIG')

    def test_driver_not_loaded(self):
        found = self.gpus("echo \"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make "
                          'sure that the latest NVIDIA driver is installed and running."; echo; exit 9\n')
        self.assert_found(found['gpu'], 'problem', "couldn't communicate", 'Reinstall the driver')

    def test_driver_of_another_version(self):
        found = self.gpus('echo "Failed to initialize NVML: Driver/library version mismatch"\n'
                          'echo "NVML library version: 550.54" >&2; exit 18\n')
        self.assert_found(found['gpu'], 'problem', 'Start the host again')

    def test_no_devices(self):
        found = self.gpus('echo "No devices were found"; exit 6\n')
        self.assert_found(found['gpu'], 'problem', 'sees no card')

    def test_no_devices_said_well(self):
        found = self.gpus('echo "No devices were found"\n')
        self.assert_found(found['gpu'], 'problem', 'sees no card')

    def test_hangs(self):
        found = self.gpus('exec sleep 60\n')
        self.assert_found(found['gpu'], 'problem', 'does not answer')

    def test_none(self):
        if shutil.which('nvidia-smi'):
            self.skipTest('there is an nvidia-smi here')
        found = self.doctor(self.sshd(), self.solver())
        self.assertIn(found['gpu']['level'], ('warning', 'problem'))


@needs_root
class Shells(DoctorCase):
    """Login shells of other kinds; each only has to run `exec sh -s`."""

    def with_shell(self, shell, prepare=None):
        account = self.account(shell)
        path = self.solver('the solver', account=account)
        if prepare:
            prepare(account)
        found = self.doctor(self.sshd(user=account.name), path)
        self.assert_found(found['python'], 'ok')
        self.assert_found(found['port'], 'ok')
        self.assertIn(account.shell, found['shell']['found'])
        return found, account

    @needs('dash')
    def test_dash(self):
        self.with_shell('dash')

    @needs('busybox')
    def test_busybox(self):
        self.with_shell('busybox')

    @needs('tcsh')
    def test_tcsh(self):
        self.with_shell('tcsh')

    @needs('fish')
    def test_fish(self):
        self.with_shell('fish')

    @needs('bash')
    def test_chatter(self):
        def chatter(account):
            (account.home / '.bashrc').write_text('echo "Welcome to $(hostname), \033[31mred\033[0m"\n')

        found, _ = self.with_shell('bash', chatter)
        self.assertIn('version 5', found['shell']['found'])
        self.assert_found(found['chatter'], 'note', 'Welcome to', 'rsync')
        self.assertNotIn('\033', found['chatter']['details'])

    def test_report(self):
        account = self.account('bash')
        path = self.solver(account=account)
        server = self.sshd(user=account.name)
        self.doctor(server, path)
        done = self.cli(*self.arguments_used, '--report')
        self.assertIn('Remote path: ~/solver', done.stdout)
        for name in account.name, str(account.home), socket.gethostname():
            self.assertNotIn(name, done.stdout)
        plain = self.cli(*self.arguments_used)
        self.assertRegex(plain.stdout, r'(?m)^Good      Remote path: ~/solver$')


class Usage(DoctorCase):
    def test_wrong_port(self):
        done = self.cli('doctor', 'x@127.0.0.1', '--server-port', '70000')
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_nobody_there(self):
        with contextlib.closing(socket.socket()):
            done = self.cli('doctor', f'x@127.0.0.1:{fixture.free_port()}', '-F', '/dev/null')
        self.assertEqual(done.returncode, 4, done.stderr)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A signal goes to our own solver and to nothing else, whatever the record says and whatever has become of it."""

import contextlib
import itertools
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs, needs_root  # noqa: E402
from script_case import SHELLS, ScriptCase, boot_id, is_alive, record_of, stat_of  # noqa: E402
from solver_case import kill_quietly, shell_quote  # noqa: E402


def can_unshare(*options):
    return fixture.is_root() and subprocess.run(['unshare', *options, 'true'], stderr=subprocess.DEVNULL,
                                                check=False).returncode == 0


class Records(ScriptCase):
    """Stop, with a record that lies or is broken."""

    DEADLINE = 180

    def setUp(self):
        super().setUp()
        self.token = secrets.token_hex(16)
        self.dir = self.home / 'record-dir'
        self.dir.mkdir(mode=0o700)
        (self.home / '.local/state/fairlead').mkdir(parents=True)
        # Its own group and session; one with our token too, as if the record of its start were a lie.
        self.decoy = self.bystander()
        self.marked = self.bystander(env={**os.environ, 'FAIRLEAD_RUN': self.token})

    def server(self):
        """A process as launch.sh starts it, in a session of its own: its record."""
        process = subprocess.Popen(['sleep', '600'], start_new_session=True, stdin=subprocess.DEVNULL,
                                   env={**os.environ, 'FAIRLEAD_RUN': self.token})
        self.addCleanup(process.wait)
        self.addCleanup(kill_quietly, process.pid)
        self.process = process
        while pathlib.Path(f'/proc/{process.pid}/comm').read_text() != 'sleep\n':
            time.sleep(0.001)
        return {'version': '1', 'boot': boot_id(), 'token': self.token, 'path': '2f', 'port': '9090',
                'pid': str(process.pid), 'supervisor': str(process.pid), 'group': str(process.pid),
                'start': stat_of(process.pid)[19]}

    def write(self, record):
        (self.dir / 'record').write_text(''.join(f'{k}={v}\n' for k, v in record.items()))

    def judge(self, shell, token=None):
        """Run Stop beside a sibling in the group of the script itself, which must live on."""
        sibling = self.tmp / 'sibling'
        # sh -c, so that the shell of the script and the sibling share group and session.
        wrap = ['sh', '-c', f'sleep 600 & echo $! >{shell_quote(sibling)}; shift 0; "$@"; kill -0 $! && echo lives '
                            f'>>{shell_quote(sibling)}; kill -9 $!', 'sh']
        self.make_records(shell)
        reply = self.run_script('stop', shell, wrap=wrap, FL_DIR=self.dir, FL_TOKEN=token or self.token, FL_GRACE=30)
        self.assertIn('lives', sibling.read_text(), 'what shares the session of the script was ended')
        for process in (self.decoy, self.marked):
            self.assertTrue(is_alive(process.pid), 'a bystander was ended')
        return reply['result']

    def make_records(self, shell):
        """The folder for the lock, which launch.sh makes."""
        if not list((self.home / '.local/state/fairlead').iterdir()):
            done = self.run_script('launch', shell, FL_PATH=self.tmp / 'nowhere', FL_PORT=1, FL_TOKEN=self.token)
            self.assertEqual(done['result'], 'no-path')

    def test_honest(self):
        for shell in SHELLS:
            with self.subTest(shell):
                self.write(self.server())
                self.assertEqual(self.judge(shell), 'stopped')
                self.assertFalse(is_alive(self.process.pid))
                self.assertFalse((self.dir / 'record').exists())

    def lies(self):
        decoy, marked = self.decoy.pid, self.marked.pid
        for pid in ('-1', '0', '1', '', '1 2', '$(kill -9 $PPID)', '../self', '9' * 30, f'-{decoy}', '0x10', decoy,
                    os.getpid(), f'{decoy}\npid={decoy}'):
            yield {'pid': pid}
        for token in ('', '.*', '0' * 31, self.token.upper(), self.token + '0'):
            yield {'token': token}
        for start in ('', '-', '0', '9' * 40, 'f'):
            yield {'start': start}
        yield {'boot': '00000000-0000-4000-8000-000000000000'}
        yield {'boot': ''}
        # All of it true, but for another process than the one that was recorded.
        yield {'pid': marked, 'group': decoy, 'supervisor': decoy}
        yield {'pid': decoy, 'start': stat_of(decoy)[19], 'group': decoy, 'supervisor': decoy}

    def test_lies_signal_nothing(self):
        for shell, number in itertools.product(SHELLS, range(len(list(self.lies())))):
            lie = list(self.lies())[number]
            with self.subTest(shell, lie=lie):
                self.write({**self.server(), **lie})
                self.assertNotIn(self.judge(shell), ('stopped', 'killed'))
                self.assertTrue(is_alive(self.process.pid))
                self.process.kill()

    def test_a_group_that_is_not_the_servers(self):
        """The server is ours, so it is ended; the group that is named is left alone."""
        groups = ['-1', '0', '1', '', '-', 'ff', '9' * 30, self.decoy.pid, self.marked.pid, os.getpgid(0), 2]
        for shell, group in itertools.product(SHELLS, groups):
            with self.subTest(shell, group=group):
                self.write({**self.server(), 'group': group, 'supervisor': group})
                self.assertIn(self.judge(shell), ('stopped', 'killed'))
                self.assertFalse(is_alive(self.process.pid))

    def test_broken_files(self):
        record = self.dir / 'record'
        good = ''.join(f'{k}={v}\n' for k, v in self.server().items())
        broken = [b'', b'\0' * 100, os.urandom(5000), b'pid=' + b'1' * 100000, good.replace('\n', '\r\n').encode(),
                  good.replace('\n', ' ').encode(), good.replace('=', ':').encode(), b'\n' * 200000]
        broken += [good[:n].encode() for n in range(0, len(good) - 1, 29)]
        for shell, text in itertools.product(SHELLS, broken):
            with self.subTest(shell, text=text[:60]):
                record.write_bytes(text)
                self.assertNotIn(self.judge(shell), ('stopped', 'killed'))
                self.assertTrue(is_alive(self.process.pid))
        record.unlink(missing_ok=True)
        for make in (lambda: os.mkfifo(record), record.mkdir, lambda: record.symlink_to('/dev/zero'),
                     lambda: record.symlink_to('record')):
            with self.subTest(make):
                make()
                self.assertNotIn(self.judge('dash'), ('stopped', 'killed'))
                self.assertTrue(is_alive(self.process.pid))
                record.rmdir() if record.is_dir() else record.unlink()

    @needs_root
    def test_root_and_a_process_of_another_account(self):
        """Root may signal and look into all: another account's is not ours even with our token in it."""
        foreign = self.bystander(env={**os.environ, 'FAIRLEAD_RUN': self.token}, user=54321, group=54321)
        for shell in SHELLS:
            with self.subTest(shell):
                self.write({**self.server(), 'pid': foreign.pid, 'group': foreign.pid, 'supervisor': foreign.pid,
                            'start': stat_of(foreign.pid)[19]})
                self.assertNotIn(self.judge(shell), ('stopped', 'killed'))
                self.assertTrue(is_alive(foreign.pid))
                self.process.kill()


CHILDREN = '''
import os, signal, subprocess, sys
import pathlib
here = pathlib.Path('.')
def start(name, **how):
    child = subprocess.Popen(['sleep', '600'], stdin=subprocess.DEVNULL, **how)
    (here / name).write_text(str(child.pid))
start('in-group')
start('own-group', process_group=0)
start('own-session', start_new_session=True)
start('stubborn', preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))
start('no-token', env={'PATH': os.environ['PATH']})
if os.fork() == 0:
    # As a daemon does it: its own session, and nobody's child.
    os.setsid()
    start('daemon')
    os._exit(0)
os.wait()
(here / 'progress.log').write_text('SERVER_READY\\n')
signal.pause()
'''


class Processes(ScriptCase):
    """What a server starts, and how it is started."""

    DEADLINE = 120

    def wait_for(self, condition, what):
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def children(self, path):
        self.wait_for((path / 'progress.log').exists, 'the server did not come up')
        names = ('in-group', 'own-group', 'own-session', 'stubborn', 'no-token', 'daemon')
        pids = {name: int((path / name).read_text()) for name in names}
        for pid in pids.values():
            self.addCleanup(kill_quietly, pid)
        return pids

    def assert_gone(self, pids, but=()):
        lives = {name for name, pid in pids.items() if is_alive(pid)}
        self.assertEqual(lives, set(but))

    def test_children_are_ended_too(self):
        for shell in SHELLS:
            with self.subTest(shell):
                reply = self.launch(self.solver(f'solver-{shell}', CHILDREN), shell)
                self.assertEqual(reply['result'], 'launched')
                pids = self.children(self.tmp / f'solver-{shell}')
                self.assertEqual(self.stop(reply, shell, grace=5), 'killed')
                # What made itself independent may be anything by now, a tmux with somebody's work in it.
                self.assert_gone(pids, but={'daemon'})
                self.assertFalse(is_alive(int(reply['pid'])))

    def test_what_an_ended_server_left(self):
        reply = self.launch(self.solver(text=CHILDREN))
        pids = self.children(self.tmp / 'solver')
        os.kill(int(reply['pid']), 9)
        self.wait_for(lambda: not is_alive(int(reply['pid'])), 'it did not end')
        self.assertEqual(self.stop(reply, grace=5), 'killed')
        # Its session is known by what of it has our token; orphans elsewhere are nobody's children any more.
        self.assert_gone(pids, but={'daemon', 'own-session', 'no-token'})

    def test_one_that_stands_still(self):
        reply = self.launch(self.solver())
        os.kill(int(reply['pid']), 19)
        self.assertEqual(self.stop(reply), 'stopped')
        self.assertFalse(is_alive(int(reply['pid'])))

    def own_session(self, shell, path, result_group, **more):
        """Launch with that PATH, end all that is left of the sign-in, adopt, stop."""
        port = fixture.free_port()
        solver = self.solver(f'solver-{path.name}')
        reply = self.launch(solver, shell, tools=path, port=port, **more)
        self.assertEqual(reply['result'], 'launched', reply)
        pid, record = int(reply['pid']), record_of(reply)
        self.assertEqual(record['group'] == record['supervisor'], result_group, record)
        if result_group:
            self.assertEqual(stat_of(pid)[3], record['supervisor'])
        self.wait_for(lambda: (solver / 'progress.log').exists(), 'not ready')
        # A sign-in that ends sends SIGHUP to its session (a terminal's) at the worst.
        kill_quietly(int(record['supervisor']), 1)
        again = self.launch(solver, shell, tools=path, port=port, **more)
        self.assertEqual((again['result'], again['pid'], again['token']), ('adopted', reply['pid'], reply['token']))
        self.assertEqual(self.stop(again, shell, tools=path), 'stopped')
        self.assertFalse(is_alive(pid) or is_alive(int(record['supervisor'])))

    def test_session_by_setsid(self):
        self.own_session('dash', self.make_tools('dash', name='setsid'), True)

    @needs('busybox')
    def test_session_by_busybox(self):
        busybox = shutil.which('busybox')
        self.own_session('busybox', self.make_tools('busybox', name='only-busybox', without=['setsid'], more={'busybox': busybox}), True)

    def test_session_by_python(self):
        self.own_session('dash', self.make_tools('dash', name='nothing', without=['setsid']), True)

    def test_no_session_of_its_own(self):
        """Nothing here makes one: it outlives the sign-in all the same, and is ended process by process."""
        # busybox's shell has its setsid built in.
        for shell in set(SHELLS) - {'busybox'}:
            with self.subTest(shell):
                command = f'exec {sys.executable} server.py'
                self.own_session(shell, self.make_tools(shell, name=f'none-{shell}', without=['setsid']), False, FL_PYTHON='', FL_KIND='command',
                                 FL_COMMAND=command)

    @needs_root
    def test_scope_where_sign_out_ends_all(self):
        """By stand-ins for systemd's tools, since none runs here."""
        account = self.account('dash')
        self.home = account.home
        fakes = {'busctl': 'echo b true', 'loginctl': 'echo Linger=no',
                 'systemd-run': f'echo "$@" >>{shell_quote(account.home)}/scopes; while [ "$1" != -- ] && '
                                '[ "$1" != true ]; do shift; done; [ "$1" != true ] || exit $(cat "$HOME/scope-works"); '
                                'shift; exec "$@"'}
        for works in ('0', '1'):
            with self.subTest('works' if works == '0' else 'refuses'):
                (account.home / 'scope-works').write_text(works)
                path = self.make_tools('dash', name=f'systemd-{works}')
                for name, text in fakes.items():
                    (path / name).write_text(f'#!/bin/sh\n{text}\n')
                    (path / name).chmod(0o755)
                solver = self.solver(f'solver-{works}')
                os.chown(solver, account.uid, account.gid)
                reply = self.launch(solver, tools=path, user=account.uid)
                self.assertEqual(reply['result'], 'launched', reply)
                self.assertEqual(reply['warning'], '' if works == '0' else 'ends-at-logout')
                self.assertEqual(self.stop(reply, tools=path, user=account.uid), 'stopped')
        self.assertEqual((account.home / 'scopes').read_text().count('--user --scope --quiet -- sh -c'), 1)


REUSE = '''
import os, pathlib, signal, subprocess, sys
pid, token, ready = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ['FAIRLEAD_RUN'] = token
for _ in range(1000):
    pathlib.Path('/proc/sys/kernel/ns_last_pid').write_text(str(pid - 1))
    child = os.fork()
    if child == 0:
        if os.getpid() == pid:
            os.setsid()
            os.execvp('sleep', ['sleep', '600'])
        os._exit(0)
    if child == pid:
        break
    os.waitpid(child, 0)
else:
    sys.exit('the pid could not be had again')
pathlib.Path(ready).write_text(str(child))
signal.pause()
'''


# Buries whoever has ended.
INIT = '''
import os, time
while True:
    try:
        os.wait()
    except ChildProcessError:
        time.sleep(0.02)
'''


class Reused(ScriptCase):
    """The same number, another process: in a pid namespace, where one can ask for a number."""

    @unittest.skipUnless(can_unshare('--pid', '--fork', '--mount-proc'), 'needs root and pid namespaces')
    def test_pid_reused_on_purpose(self):
        holder = subprocess.Popen(['unshare', '--pid', '--fork', '--mount-proc', sys.executable, '-c', INIT])
        self.addCleanup(self.bury, holder)
        init = self.first_child(holder.pid)
        self.addCleanup(kill_quietly, init)
        wrap = ['nsenter', '--target', str(init), '--pid', '--mount']
        solver, port = self.solver(), fixture.free_port()
        reply = self.launch(solver, wrap=wrap, port=port)
        self.assertEqual(reply['result'], 'launched')
        end = (f'kill -9 -{record_of(reply)["group"]}; n=0; while [ -d /proc/{reply["pid"]} ]; do '
               'n=$((n + 1)); [ $n -lt 200 ] || exit 1; sleep .05; done')
        subprocess.run([*wrap, 'sh', '-c', end], check=True)
        ready = self.tmp / 'reused'
        decoy = subprocess.Popen([*wrap, sys.executable, '-c', REUSE, reply['pid'], reply['token'], ready])
        self.addCleanup(decoy.wait)
        self.addCleanup(kill_quietly, decoy.pid)
        while not ready.exists():
            self.assertIsNone(decoy.poll())
            time.sleep(0.02)
        lives = [*wrap, 'sh', '-c', f'grep -q sleep /proc/{reply["pid"]}/comm']
        subprocess.run(lives, check=True)
        # The number, the group and even the token are right; it began later.
        for shell in SHELLS:
            self.assertEqual(self.run_script('stop', shell, wrap=wrap, FL_DIR=self.keep(reply), FL_TOKEN=reply['token'],
                                             FL_GRACE=5)['result'], 'gone')
            subprocess.run(lives, check=True)
        again = self.launch(solver, wrap=wrap, port=port)
        self.assertEqual(again['result'], 'launched')
        self.assertNotEqual(again['pid'], reply['pid'])
        self.assertEqual(self.stop(again, wrap=wrap), 'stopped')
        subprocess.run(lives, check=True)

    @staticmethod
    def bury(holder):
        """The namespace ends when all in it are buried, and orphans of what entered it are left to us."""
        while holder.poll() is None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.02)

    def keep(self, reply):
        """A copy of the record's folder, since Stop takes the record of what has ended away."""
        copy = self.home / f'copy-{secrets.token_hex(4)}'
        shutil.copytree(reply['dir'], copy)
        return copy

    def first_child(self, pid):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for line in subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)], stdout=subprocess.PIPE, text=True,
                                       check=False).stdout.split():
                return int(line)
            time.sleep(0.02)
        raise AssertionError('no child')


class Hosts(ScriptCase):
    """A home that many hosts share, and a host that was restarted."""

    def other_host(self, *, machine, boot):
        """A command line in front, by which a script sees another host on this kernel."""
        files = {'/etc/machine-id': machine, '/proc/sys/kernel/random/boot_id': boot}
        mounts = ''
        for number, (file, text) in enumerate(files.items()):
            if text and os.path.exists(file):
                source = self.tmp / f'host-{secrets.token_hex(4)}-{number}'
                source.write_text(text + '\n')
                mounts += f'mount --bind {shell_quote(source)} {file} && '
        return ['unshare', '--mount', 'sh', '-c', mounts + 'exec "$@"', 'sh']

    @unittest.skipUnless(can_unshare('--mount'), 'needs root and mount namespaces')
    def test_restarted(self):
        """Everything in the record is true of a process that runs, but the host was restarted since."""
        solver, port = self.solver(), fixture.free_port()
        reply = self.launch(solver, port=port)
        restarted = self.other_host(machine='', boot='11111111-1111-4111-8111-111111111111')
        self.assertEqual(self.stop(reply, wrap=restarted), 'gone')
        self.assertTrue(is_alive(int(reply['pid'])))

    @unittest.skipUnless(can_unshare('--mount') and os.path.exists('/etc/machine-id'),
                         'needs root, mount namespaces and /etc/machine-id')
    def test_two_hosts_with_one_home(self):
        reply = self.launch(self.solver('first'))
        other = self.other_host(machine='0123456789abcdef' * 2, boot='22222222-2222-4222-8222-222222222222')
        second = self.launch(self.solver('second'), wrap=other)
        self.assertEqual(second['result'], 'launched')
        self.assertNotEqual(pathlib.Path(second['dir']).parent, pathlib.Path(reply['dir']).parent)
        self.assertEqual(self.stop(second, wrap=other), 'stopped')
        self.assertEqual(self.stop(reply, wrap=other), 'gone')
        self.assertTrue(is_alive(int(reply['pid'])))

    @unittest.skipUnless(can_unshare('--mount') and os.path.exists('/etc/machine-id'),
                         'needs root, mount namespaces and /etc/machine-id')
    def test_machine_id_that_is_not_set(self):
        """An image's empty one is the same on all hosts: the name of each tells them apart."""
        reply = self.launch(self.solver('first'))
        for machine in ('uninitialized', ' '):
            unset = self.other_host(machine=machine, boot='')
            named = ['unshare', '--uts', 'sh', '-c', f'hostname other-{len(machine)} && exec "$@"', 'sh']
            dirs = {self.run_script('launch', wrap=[*unset, *more], FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32)['dir']
                    for more in ([], named)}
            self.assertEqual(len(dirs), 2)
            self.assertNotIn(reply['dir'], dirs)


class Places(ScriptCase):
    """The folder of the records, and its lock."""

    DEADLINE = 90

    def records(self):
        reply = self.run_script('launch', FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32)
        self.assertEqual(reply['result'], 'no-path')
        return pathlib.Path(reply['dir']).parent

    def test_a_lock_that_nobody_holds(self):
        records = self.records()
        dead = subprocess.run(['sh', '-c', 'echo $$'], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        holders = ['', 'x', f'{dead} 1 {boot_id()}', f'{os.getpid()} 1 {boot_id()}',
                   f'{os.getpid()} {stat_of(os.getpid())[19]} another-boot', '-1 0 ' + boot_id()]
        for number, holder in enumerate(holders):
            shell = SHELLS[number % len(SHELLS)]
            with self.subTest(shell, holder=holder):
                (records / 'lock').mkdir()
                if holder:
                    (records / 'lock' / 'holder').write_text(holder + '\n')
                reply = self.run_script('launch', shell, FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32)
                self.assertEqual(reply['result'], 'no-path')
                self.assertFalse((records / 'lock').exists())

    def test_a_lock_that_is_held(self):
        records = self.records()
        (records / 'lock').mkdir()
        (records / 'lock' / 'holder').write_text(f'{os.getpid()} {stat_of(os.getpid())[19]} {boot_id()}\n')
        reply = self.run_script('launch', FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32)
        self.assertEqual(reply['result'], 'locked')
        self.assertTrue((records / 'lock').exists())

    def test_garbage_in_the_claim(self):
        records = self.records()
        (records / 'launching').write_bytes(b'.*\n\\(\n-e x\n' + os.urandom(3000) + b'\n' + b'0' * 32 + b'\n')
        for shell in SHELLS:
            with self.subTest(shell):
                reply = self.run_script('launch', shell, FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='1' * 32)
                self.assertEqual(reply['result'], 'no-path')

    @needs_root
    def test_that_cannot_be_written(self):
        """As an ordinary account, since root can write everywhere."""
        account = self.account('dash')
        self.home = account.home
        self.run_script('launch', FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32, user=account.uid)
        records = next((account.home / '.local/state/fairlead').iterdir())
        states = [(records, 0, 0o700), (records / '9', 0, 0o700), (account.home / '.local/state', 0, 0o755)]
        for folder, owner, mode in states:
            with self.subTest(folder.name, owner=owner):
                if folder.name == 'state':
                    shutil.rmtree(folder / 'fairlead')
                os.chown(folder, owner, owner)
                folder.chmod(mode)
                reply = self.run_script('launch', FL_PATH='/nowhere', FL_PORT=9, FL_TOKEN='0' * 32, user=account.uid)
                self.assertEqual(reply['result'], 'no-state')
                os.chown(folder, account.uid, account.gid)

    def test_that_others_could_write(self):
        records = self.records()
        records.chmod(0o777)
        self.records()
        self.assertEqual(records.stat().st_mode & 0o777, 0o700)

    def test_an_editor_is_no_solver(self):
        """Whoever has server.py open, or follows a log, does not keep the solver from its folder."""
        solver = self.solver()
        for command in (['tail', '-f', 'server.py'], ['tail', '-f', 'ppf-cts-server.log']):
            (solver / command[-1]).touch()
            reader = subprocess.Popen(command, cwd=solver, stdout=subprocess.DEVNULL)
            self.addCleanup(reader.wait)
            self.addCleanup(reader.kill)
        reply = self.launch(solver)
        self.assertEqual(reply['result'], 'launched')
        self.assertEqual(self.stop(reply), 'stopped')

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures themselves, proved with the real ssh: a test that trusts a broken fixture proves nothing."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import LIB, Account, TestCase, fixture, needs_root  # noqa: E402

try:
    from recorder import Recorder
except ImportError:
    Recorder = None


def ssh(server, *command, options=(), **more):
    return subprocess.run(['ssh', *server.ssh_options(), *options, server.target, *command],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=30, check=False, **more)


class Server(TestCase):
    def test_runs_a_command_in_a_home_of_the_fixture(self):
        server = self.sshd()
        out = ssh(server, 'echo "$HOME"')
        self.assertEqual(out.stdout, f'{server.home}\n', out.stderr)

    def test_every_kind_of_host_key_is_shown(self):
        server = self.sshd(host_keys=['ed25519', 'ecdsa', 'rsa'])
        for algorithm in ('ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512'):
            out = ssh(server, 'true', options=['-o', f'HostKeyAlgorithms={algorithm}'])
            self.assertEqual(out.returncode, 0, out.stderr)

    def test_another_host_key_on_the_same_port(self):
        server = self.sshd()
        port = server.port
        other = server.keys.get('ed25519', name='other-host')
        server.restart(host_keys=[other])
        self.assertEqual(server.port, port)
        stale = self.tmp / 'stale'
        old = pathlib.Path(f'{server.keys.get("ed25519", name="host")}.pub')
        stale.write_text(f'[127.0.0.1]:{port} {old.read_text()}')
        server.known_hosts = lambda: stale
        out = ssh(server, 'true')
        self.assertIn('REMOTE HOST IDENTIFICATION HAS CHANGED', out.stderr)

    def test_options_are_in_force(self):
        server = self.sshd(options={'ForceCommand': 'echo forced', 'Banner': '/etc/hostname'})
        self.assertEqual(ssh(server, 'echo mine').stdout, 'forced\n')

    def test_max_sessions_zero_refuses_a_session(self):
        server = self.sshd(options={'MaxSessions': 0})
        self.assertNotEqual(ssh(server, 'true').returncode, 0)

    def test_killing_connections_leaves_what_they_run(self):
        server = self.sshd()
        mark = self.tmp / 'fifo'
        os.mkfifo(mark)
        client = subprocess.Popen(['ssh', *server.ssh_options(), server.target,
                                   f'echo $$; trap "" HUP; read x < {mark}; echo done > {self.tmp}/out'],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        pid = int(client.stdout.readline())
        self.assertGreaterEqual(server.kill_connections(), 1)
        self.assertEqual(client.wait(20), 255)
        os.kill(pid, 0)
        mark.write_text('go\n')
        client.stdout.close()
        self.assertIsNone(server.process.poll())
        self.assertEqual(ssh(server, 'true').returncode, 0)

    def test_log_can_be_waited_for(self):
        server = self.sshd()
        mark = server.log_mark()
        ssh(server, 'true')
        self.assertTrue(server.wait_for_log(r'Accepted publickey for', since=mark))
        self.assertIsNone(server.wait_for_log('never said', timeout=0.05))

    def test_command_line(self):
        out = subprocess.run([LIB / 'sshd.py', '--print-env', '--', 'sh', '-c',
                              'ssh -F /dev/null -p "$SSHD_PORT" -i "$SSHD_KEY" -o IdentitiesOnly=yes '
                              '-o UserKnownHostsFile="$SSHD_KNOWN_HOSTS" "$SSHD_USER@$SSHD_HOST" exit 7'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(out.returncode, 7, out.stderr)
        self.assertIn('SSHD_PORT=', out.stdout)


class Accounts(TestCase):
    @needs_root
    def test_each_shell_signs_in(self):
        for shell, says in (('dash', 'dash'), ('bash', 'bash'), ('busybox', 'busybox')):
            account = self.account(shell)
            server = self.sshd(user=account.name)
            out = ssh(server, 'id -un; readlink /proc/$$/exe; echo $HOME')
            name, exe, home = out.stdout.splitlines()
            self.assertEqual(name, account.name)
            self.assertTrue(exe.endswith(says), exe)
            self.assertEqual(home, str(account.home))

    @needs_root
    def test_an_ordinary_user_can_run_the_fixture(self):
        account = self.account('bash')
        # The clone may lie where only root can look.
        script = pathlib.Path(shutil.copy(LIB / 'sshd.py', account.home))
        out = subprocess.run(
            [script, '--', 'sh', '-c',
             'ssh -F /dev/null -p "$SSHD_PORT" -i "$SSHD_KEY" -o IdentitiesOnly=yes '
             '-o UserKnownHostsFile="$SSHD_KNOWN_HOSTS" "$SSHD_USER@$SSHD_HOST" id -un'],
            user=account.uid, group=account.gid, extra_groups=[], cwd='/',
            env={'PATH': os.environ['PATH'], 'HOME': str(account.home), 'PYTHONDONTWRITEBYTECODE': '1'},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(out.stdout, f'{account.name}\n', out.stderr)

    def _start(self):
        """The command with an account: (process, account's name, sshd's pid)."""
        child = subprocess.Popen([LIB / 'sshd.py', '--account', 'dash', '--print-env'],
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        seen = {}
        while 'SSHD_PID' not in seen:
            name, _, value = child.stdout.readline().strip().partition('=')
            seen[name] = value
        self.assertEqual(pwd.getpwnam(seen['SSHD_USER']).pw_name, seen['SSHD_USER'])
        return child, seen['SSHD_USER'], int(seen['SSHD_PID'])

    @needs_root
    def test_accounts_go_on_sigterm(self):
        child, name, _ = self._start()
        child.terminate()
        child.wait(20)
        self.assertNotIn(name, [e.pw_name for e in pwd.getpwall()])

    @needs_root
    def test_accounts_of_a_killed_fixture_go_at_the_next(self):
        child, name, server = self._start()
        child.kill()
        child.wait(20)
        os.kill(server, signal.SIGKILL)
        self.assertIn(name, [e.pw_name for e in pwd.getpwall()])
        Account.remove_stale()
        self.assertNotIn(name, [e.pw_name for e in pwd.getpwall()])


class Record(TestCase):
    def setUp(self):
        super().setUp()
        if Recorder is None:
            self.skipTest('needs python3-paramiko')

    def _ssh(self, recorder, known_hosts):
        return subprocess.run(
            ['ssh', '-F', '/dev/null', '-p', str(recorder.port), '-o', 'BatchMode=yes', '-i',
             str(fixture.shared_keys().get('ed25519')), '-o', 'IdentitiesOnly=yes', '-o',
             'IdentityAgent=none', '-o', 'StrictHostKeyChecking=yes', '-o',
             f'UserKnownHostsFile={known_hosts}', '-o', 'GlobalKnownHostsFile=/dev/null',
             'some-secret-name@127.0.0.1', 'true'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=30, check=False)

    def test_an_unknown_key_gets_nothing(self):
        recorder = self.enter(Recorder())
        out = self._ssh(recorder, '/dev/null')
        self.assertIn('Host key verification failed', out.stderr)
        self.assertTrue(recorder.wait_until_closed())
        self.assertIn('KEXINIT', recorder.names())
        self.assertFalse(recorder.seen('SERVICE_REQUEST'))
        self.assertFalse(recorder.seen('USERAUTH_REQUEST'))
        self.assertFalse(recorder.contains('some-secret-name'))

    def test_a_known_key_gets_the_user(self):
        recorder = self.enter(Recorder())
        known = self.tmp / 'known'
        known.write_text(f'[127.0.0.1]:{recorder.port} {recorder.public_key.read_text()}')
        out = self._ssh(recorder, known)
        self.assertIn('Permission denied', out.stderr)
        self.assertTrue(recorder.wait_for('USERAUTH_REQUEST'))
        self.assertTrue(recorder.contains('some-secret-name'))


class Runner(TestCase):
    """The runner counts what it should, and ends what hangs."""

    def _run(self, body, *options):
        path = self.tmp / 'test_inner.py'
        path.write_text('import unittest, time\nclass T(unittest.TestCase):\n  DEADLINE = 1\n' + body)
        results = self.tmp / 'results'
        start = time.monotonic()
        out = subprocess.run([LIB / 'runner.py', *options, '--results', results, path], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, check=False, timeout=50)
        return out, results.read_text(), time.monotonic() - start

    def test_counts(self):
        out, results, _ = self._run('  def test_a(self): pass\n'
                                    '  def test_b(self): self.fail("x")\n'
                                    '  def test_c(self): self.skipTest("no y")\n')
        self.assertEqual(out.returncode, 1)
        self.assertTrue(out.stdout.endswith('1 passed, 1 failed, 1 skipped\n'), out.stdout)
        self.assertIn('skip\tinner c\tno y', results)

    def test_process_of_its_own(self):
        flag = self.tmp / 'flag'
        out, results, _ = self._run('  def test_a(self): __import__("os").kill(__import__("os").getpid(), 11)\n'
                                    '  def test_b(self): pass\n'
                                    '  def test_c(self):\n'
                                    '    import os, pathlib\n'
                                    f'    flag = pathlib.Path({str(flag)!r})\n'
                                    '    flag.exists() or (flag.touch(), os.kill(os.getpid(), 11))\n', '--fork')
        self.assertEqual(out.returncode, 1)
        self.assertTrue(out.stdout.endswith('2 passed, 1 failed, 0 skipped\n'), out.stdout)
        self.assertIn('fail\tinner a\tSIGSEGV', results)
        self.assertIn('pass\tinner c', results)

    def test_deadline(self):
        out, _, took = self._run('  def test_hangs(self):\n    time.sleep(40)\n'
                                 '  def test_later(self): pass\n')
        self.assertTrue(out.stdout.endswith('1 passed, 1 failed, 0 skipped\n'), out.stdout)
        self.assertLess(took, 20)

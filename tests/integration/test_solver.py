# SPDX-License-Identifier: GPL-3.0-or-later
"""The solver on the remote: paths and shells of every kind, and each of its failures."""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture, needs, needs_root  # noqa: E402
from solver_case import SolverCase  # noqa: E402


class Paths(SolverCase):
    def job_in(self, name):
        server, path = self.sshd(), self.solver(name)
        self.run_detached(server, path)
        self.assert_runs(path)
        self.assertIn('SERVER_READY', (path / 'progress.log').read_text())
        # Nothing beside the solver's own files has come to be, here or above.
        self.assertEqual({p.name for p in path.iterdir()} - {'__pycache__', 'data'},
                         {'server.py', 'demo.env', 'progress.log', 'server.log'})
        self.assertEqual([p.name for p in server.home.iterdir() if p.name != 'state'], [])

    def test_spaces(self):
        self.job_in('with  two spaces ')

    def test_quotes(self):
        self.job_in('''it's "quoted" \\ `here`''')

    def test_command_substitution(self):
        self.job_in('$(touch x); touch y & $HOME')

    def test_leading_dash_and_glob(self):
        self.job_in('-rf *[a-z]?')

    def test_other_scripts(self):
        self.job_in('Lösung – 解法')

    def test_home(self):
        server = self.sshd()
        path = self.solver()
        (server.home / 'solver').symlink_to(path)
        self.run_detached(server, '~/solver')
        self.assert_runs(path)

    def test_nothing_there(self):
        server = self.sshd()
        cli = self.connect(server, self.tmp / 'no where')
        error = self.end(cli, 7, 'remote')
        self.assertEqual(error['message'], f'Remote path not found ({self.tmp}/no where/server.py).')
        self.assertTrue(cli.find('link', state='online'))


@needs_root
class Shells(SolverCase):
    """Temporary accounts with another login shell."""

    def job_with(self, shell):
        account = self.account(shell)
        server = self.sshd(user=account.name)
        path = self.solver('a solver of $(touch x)', account=account)
        port = fixture.free_port()
        cli = self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        self.assertEqual(pathlib.Path(f'/proc/{pid}').stat().st_uid, account.uid)
        self.assertFalse(cli.find('server', state='ready', adopted=True))
        again = self.run_detached(server, path, server_port=port)
        self.assertTrue(again.find('server', state='ready', adopted=True))
        self.assertEqual(self.assert_runs(path), pid)

    @needs('dash')
    def test_dash(self):
        self.job_with('dash')

    @needs('bash')
    def test_bash(self):
        self.job_with('bash')

    @needs('busybox')
    def test_busybox(self):
        self.job_with('busybox')

    @needs('bash')
    def test_chatter_of_the_login_files(self):
        account = self.account('bash')
        (account.home / '.bashrc').write_text('echo Welcome; echo "have a nice day" >&2\n')
        server = self.sshd(user=account.name)
        path = self.solver(account=account)
        self.run_detached(server, path)
        self.assert_runs(path)


class Failures(SolverCase):
    """Each ends with the right error and the log's last lines, and the connection is still usable."""

    DEADLINE = 90

    def failure(self, *more, server_port=None, **settings):
        server, path = self.sshd(), self.solver(**settings)
        cli = self.connect(server, path, *more, server_port=server_port)
        error = self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('link', state='online'), cli.events)
        self.assertFalse(cli.find('link', state='failed'), cli.events)
        self.assertFalse(cli.find('tunnel', state='open'), cli.events)
        self.path, self.server = path, server
        return error, cli

    def works_again(self):
        """The same remote, once the solver is well."""
        for pid in self.solvers(self.path):
            self.kill(pid)
        self.assert_ends(self.path)
        (self.path / 'demo.env').write_text('FAIRLEAD_DEMO_START=0.05\n')
        self.run_detached(self.server, self.path)
        self.assert_runs(self.path)

    @staticmethod
    def kill(pid):
        from solver_case import kill_quietly
        kill_quietly(pid)

    def test_never_ready(self):
        error, cli = self.failure(FAIL='never-ready')
        self.assertTrue(cli.find('server', state='unresponsive'), cli.events)
        self.assertIn('16', error['message'] + str(error['hint']))
        self.works_again()

    def test_exits(self):
        error, cli = self.failure(FAIL='exit')
        self.assertTrue(cli.find('server', state='exited'), cli.events)
        self.assertIn('did not start: no GPU was found.', error['message'])
        self.assertTrue(error['details'].startswith('» File "server.py", line 1'), error['details'])
        self.works_again()

    def test_prints_error(self):
        error, cli = self.failure(FAIL='error')
        self.assertIn('reported an error while it started: no GPU was found.', error['message'])
        self.assertIn('ERROR', error['details'])
        self.works_again()

    def test_says_its_port_is_taken(self):
        error, _ = self.failure(FAIL='port-taken')
        self.assertRegex(error['message'], r'did not start: port \d+ is taken\.$')
        self.assertIn('in use', error['details'])
        self.works_again()

    def test_port_held_by_another_program(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            error, _ = self.failure(server_port=holder.getsockname()[1])
            self.assertIn(str(holder.getsockname()[1]), error['message'])
        self.works_again()

    def test_bound_wide_open(self):
        error, cli = self.failure(FAIL='wide-bind')
        self.assertTrue(cli.find('server', exposure='exposed'), cli.events)
        self.assertIn('0.0.0.0', error['message'] + str(error['hint']) + str(error['details']))

    def test_bound_wide_open_and_stopped(self):
        self.failure('--stop-on-exit', FAIL='wide-bind')
        self.assert_ends(self.path)

    def test_answers_garbage(self):
        self.failure(FAIL='garbage')
        self.works_again()

    def test_speaks_the_old_protocol(self):
        server, path = self.sshd(), self.solver(FAIL='old-protocol')
        cli = self.connect(server, path)
        cli.wait_for('solver', protocol_version='0.03')

    def test_ends_while_the_tunnel_is_open(self):
        server, path = self.sshd(), self.solver(FAIL='exit-later')
        cli = self.connect(server, path)
        cli.wait_for_tunnel()
        error = self.end(cli, 7, 'remote')
        self.assertTrue(cli.find('server', state='exited'), cli.events)
        self.assertTrue(error['details'])

    def test_answers_of_surprising_types(self):
        for failure in ('odd-types', 'deep-json'):
            with self.subTest(failure):
                server, path = self.sshd(), self.solver(f'solver-{failure}', FAIL=failure)
                cli = self.connect(server, path, '--detach')
                code, errors = cli.finish()
                self.assertIn(code, (0, 7), errors)

    def test_a_second_solver_in_the_same_path_is_refused(self):
        server, path = self.sshd(), self.solver()
        port = fixture.free_port()
        self.run_detached(server, path, server_port=port)
        pid = self.assert_runs(path)
        cli = self.connect(server, path, '--detach', server_port=fixture.free_port())
        error = self.end(cli, 7, 'remote')
        self.assertIn(f'{path} is in use', error['message'])
        self.assertIn(str(port), error['message'])
        self.assertEqual(self.assert_runs(path), pid)

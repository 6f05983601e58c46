#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The solver as a job of a real Slurm: a login node and its nodes, each end with a loopback of its own."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
import delaynet  # noqa: E402
import slurm  # noqa: E402
from fairlead_test import Sshd, fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402


@unittest.skipUnless(slurm.available(), 'needs root, slurmctld, slurmd, slurm-client and munge')
@unittest.skipUnless(delaynet.available(), 'needs root and network namespaces: a node with a loopback of its own')
class SlurmCase(SolverCase):
    """A cluster of one node; its home is shared."""

    CPUS = 1
    LINES = ()

    def setUp(self):
        super().setUp()
        self.net = self.enter(delaynet.DelayNet())
        self.cluster = self.enter(slurm.Slurm(self.tmp / 'slurm', net=self.net, cpus=self.CPUS,
                                              lines=self.LINES))
        self.home = self.tmp / 'home'
        self.home.mkdir()
        environment = self.cluster.environ(HOME=str(self.home), XDG_STATE_HOME=str(self.home / 'state'))
        with self.net.client():
            self.login = self.enter(Sshd(self.tmp / 'login', environment=environment))
        with self.net.server():
            self.node = self.enter(Sshd(self.tmp / 'node', environment=environment, bind=self.net.SERVER,
                                        host_keys=['ecdsa']))
        self.path = self.solver()
        self.server_port = fixture.free_port()

    def config(self):
        """An ssh_config(5) that knows where the nodes are; both hosts' keys are known."""
        known = self.known(self.login)
        with known.open('a') as f:
            f.writelines(self.node.known_hosts_lines())
        config = self.tmp / 'config'
        config.write_text(''.join(f'Host {name}\n HostName {self.net.SERVER}\n Port {self.node.port}\n'
                                  for name in self.cluster.nodes))
        return config

    def start(self, *more, options='', path=None, server_port=None):
        """`fairlead-cli connect`, at the login node's end, where the person is too."""
        config = self.config()
        arguments = ['connect', f'{self.login.target}:{self.login.port}', '--json', '-F', config,
                     '-i', self.login.identity, '--remote-path', path or self.path,
                     '--server-port', server_port or self.server_port, f'--slurm={options}']
        with self.net.client():
            return self.start_cli(*arguments, *more)

    def detached(self, *more, **how):
        cli = self.start('--detach', *more, **how)
        self.end(cli, 0)
        return cli

    def ours(self):
        """The jobs of Fairlead that are not over."""
        return [j for j in self.cluster.jobs() if j['comment'].startswith('fairlead:')
                and j['state'] in ('PENDING', 'RUNNING', 'CONFIGURING', 'COMPLETING')]

    def records(self):
        """What is left in the state directory, but for empty folders."""
        return sorted(str(p.relative_to(self.home)) for p in self.home.rglob('*') if not p.is_dir())

    @contextlib.contextmanager
    def busy(self):
        """Somebody else's job has the node meanwhile."""
        job = self.cluster.submit('--exclusive')
        self.cluster.wait_for_state(job, 'RUNNING')
        yield job
        self.cluster.run('scancel', job)


class TheWholeJob(SlurmCase):

    def test_queued_run_found_again_and_stopped(self):
        with self.busy() as foreign:
            cli = self.start('--detach')
            while 'place 1 of 1' not in (cli.wait_for('step', step='prepare', state='running')['detail'] or ''):
                pass
            self.assertEqual(self.solvers(self.path), [])
        self.end(cli, 0)
        job = self.ours()[0]
        self.assertEqual((job['state'], job['node']), ('RUNNING', 'node1'))
        ready = cli.find('server', state='ready')[0]
        self.assertEqual((ready['bound_to'], ready['adopted'], ready['exposure']),
                         (f'127.0.0.1:{self.server_port}', False, 'loopback'))
        self.assertTrue(cli.find('tunnel', health='reached'))
        pid = self.assert_runs(self.path)

        again = self.start('--stop-on-exit')
        again.wait_for_tunnel()
        self.assertTrue(again.find('server', state='ready')[0]['adopted'])
        self.assertEqual((self.ours(), self.assert_runs(self.path)), ([job], pid))
        again.signal(signal.SIGTERM)
        self.end(again, 0)
        self.assertEqual(again.events[-1]['solver'], 'stopped')
        self.assertEqual((self.ours(), self.solvers(self.path)), ([], []))
        self.assertEqual(self.cluster.state_of(job['id']), 'CANCELLED')
        self.assertEqual(self.cluster.state_of(foreign), 'CANCELLED')       # by this test
        self.assertEqual(self.records(), [])

    def test_restart_is_another_job(self):
        self.detached()
        first, pid = self.ours()[0], self.assert_runs(self.path)
        self.detached('--restart')
        (second,) = self.ours()
        self.assertNotEqual(second['id'], first['id'])
        self.assertEqual(self.cluster.state_of(first['id']), 'CANCELLED')
        self.assertNotEqual(self.assert_runs(self.path), pid)

    def test_a_job_that_waits_is_found_again(self):
        with self.busy():
            cli = self.start()
            cli.wait_for('log', level='notice')
            cli.signal(signal.SIGTERM)
            self.end(cli, 128 + signal.SIGTERM)
            job = self.ours()
            again = self.start('--detach')
            again.wait_for('log', source='fairlead', text=f'Found job {job[0]["id"]} in Slurm\'s queue.')
        self.end(again, 0)
        self.assertEqual([j['id'] for j in self.ours()], [job[0]['id']])
        self.assert_runs(self.path)

    def test_a_job_that_waits_is_cancelled_with_stop(self):
        with self.busy() as foreign:
            cli = self.start('--stop-on-exit')
            cli.wait_for('log', level='notice')
            cli.signal(signal.SIGTERM)
            self.end(cli, 128 + signal.SIGTERM)
            self.assertEqual(self.ours(), [])
            self.assertEqual(self.cluster.state_of(foreign), 'RUNNING')

    def test_options_and_odd_paths(self):
        path = self.solver("it's 100% %j")
        self.end(self.start('--detach', path=path, options="--time=7 -J 'my solver'"), 0)
        out = self.cluster.run('scontrol', 'show', 'job', self.ours()[0]['id']).stdout
        self.assertIn('TimeLimit=00:07:00', out)
        self.assertIn('JobName=my solver', out)
        self.assertIn('listening', (path / 'server.log').read_text())

    def test_a_taken_port_of_the_node(self):
        with self.net.server(), socket.socket() as held:
            held.bind(('127.0.0.1', self.server_port))
            held.listen()
            cli = self.detached()
        bound = cli.find('server', state='ready')[0]['bound_to']
        self.assertEqual(int(bound.rpartition(':')[2]), self.server_port + 1)
        again = self.detached()
        self.assertEqual(again.find('server', state='ready')[0]['bound_to'], bound)


class Direct(SlurmCase):
    """The solver listens on its node's address, and nobody signs in there."""

    def test_reached_from_the_login_node(self):
        with self.net.server():
            self.node.stop()
        cli = self.start('--slurm-direct')
        cli.wait_for_tunnel()
        ready = cli.find('server', state='ready')[0]
        self.assertEqual((ready['exposure'], ready['bound_to']),
                         ('exposed', f'{self.net.SERVER}:{self.server_port}'))
        cli.wait_for('tunnel', health='reached')
        self.assertTrue([e for e in cli.find('log', level='warning') if 'everybody on the cluster' in e['text']])
        job, pid = self.ours(), self.assert_runs(self.path)
        self.login.kill_connections()
        cli.wait_for('link', state='backoff')
        cli.wait_for('tunnel', health='reached')
        self.assertEqual((self.ours(), self.assert_runs(self.path)), (job, pid))
        cli.signal(signal.SIGTERM)
        self.end(cli, 0)
        again = self.start('--slurm-direct', '--stop-on-exit')
        again.wait_for_tunnel()
        again.signal(signal.SIGTERM)
        self.end(again, 0)
        self.assertEqual((self.ours(), self.cluster.of_jobs()), ([], []))


class ConnectionsLost(SlurmCase):

    def test_login_node(self):
        cli = self.start()
        cli.wait_for_tunnel()
        job, pid = self.ours(), self.assert_runs(self.path)
        self.login.kill_connections()
        cli.wait_for('link', state='backoff')
        cli.wait_for('server', state='ready')
        cli.wait_for('tunnel', health='reached')
        self.assertEqual((self.ours(), self.assert_runs(self.path)), (job, pid))

    def test_node_alone(self):
        cli = self.start()
        cli.wait_for_tunnel()
        job, pid = self.ours(), self.assert_runs(self.path)
        self.node.kill_connections()
        cli.wait_for('server', state='unknown')
        cli.wait_for('server', state='ready')
        cli.wait_for('tunnel', health='reached')
        self.assertEqual((self.ours(), self.assert_runs(self.path)), (job, pid))
        self.assertEqual(cli.find('link', state='backoff'), [])


class OnlyOurs(SlurmCase):
    """Stop cancels the job of our record, if it is still that one, and no other."""

    CPUS = 4

    def record(self):
        return next(self.home.rglob('job'))

    def stop_with(self, **changes):
        """Stop after the record was changed: as if ids had begun anew, say."""
        cli = self.start('--stop-on-exit')
        cli.wait_for_tunnel()
        record = self.record()
        lines = dict(line.split('=', 1) for line in record.read_text().splitlines())
        record.write_text(''.join(f'{k}={v}\n' for k, v in {**lines, **changes}.items()))
        cli.signal(signal.SIGTERM)
        return cli

    def test_another_job_of_ours(self):
        decoy = self.cluster.submit('-J', 'fairlead', command='exec sleep 1000')
        self.cluster.wait_for_state(decoy, 'RUNNING')
        cli = self.stop_with(id=decoy)
        cli.finish()
        self.assertEqual(self.cluster.state_of(decoy), 'RUNNING')

    def test_the_same_number_of_another_time(self):
        cli = self.stop_with(submit='1600000000')
        cli.finish()
        self.assertEqual(len(self.ours()), 1)
        self.assert_runs(self.path)

    def test_another_token(self):
        cli = self.stop_with(token='0123456789abcdef0123456789abcdef')
        self.assertIn('nothing was cancelled', self.end(cli, 7, 'remote')['message'])
        self.assertEqual(len(self.ours()), 1)


class Failures(SlurmCase):
    """Each made for real, and explained."""

    def refused(self, **how):
        cli = self.start(**how)
        return self.end(cli, 7, 'remote')

    def test_partition(self):
        error = self.refused(options='--partition=nope')
        self.assertIn('has no such partition', error['message'])
        self.assertIn('invalid partition', error['details'])
        self.assertIn('sinfo', error['hint'])
        self.assertEqual(self.records(), [])

    def test_more_than_any_node_has(self):
        self.assertIn('has no node like the one', self.refused(options='--mem=999G')['message'])

    def test_unknown_option(self):
        self.assertIn('does not know one of the Slurm options', self.refused(options='--frobnicate=1')['message'])

    def test_options_that_are_ours(self):
        cli = self.start(options='--output=/tmp/x')
        error = self.end(cli, 2)
        self.assertIn("The job's output is the solver's log.", error['message'])

    def test_controller_down(self):
        self.cluster.stop('slurmctld')
        error = self.refused()
        self.assertIn("Slurm's controller on", error['message'])
        self.assertIn('Unable to contact slurm controller', error['details'])

    def test_no_login_node(self):
        config = self.login.environment
        programs = self.tmp / 'programs'
        programs.mkdir()
        for name in ('sh', 'cat', 'sed', 'awk', 'tr', 'cut', 'grep', 'od', 'rm', 'mkdir', 'date', 'id', 'uname',
                     'sha256sum', 'head', 'wc', 'mv', 'sleep'):
            (programs / name).symlink_to(shutil.which(name))
        with self.net.client():
            self.login.restart(environment={**config, 'PATH': str(programs)})
        self.assertIn('is not a login node of Slurm', self.refused()['message'])

    def test_no_solver_on_the_node(self):
        with self.busy():
            cli = self.start()
            self.cluster.wait_until(self.ours)
            (self.path / 'server.py').unlink()
        error = self.end(cli, 7, 'remote')
        self.assertRegex(error['message'], r'Job \d+ found no solver on node1')

    def test_node_that_lets_nobody_in(self):
        with self.net.server():
            self.node.restart(authorized=[])
        error = self.end(self.start(), 6)
        self.assertRegex(error['message'], r'Job \d+ runs on node1, but that node cannot be signed in to')
        self.assertIn('pam_slurm_adopt', error['hint'])

    def running(self):
        cli = self.start()
        cli.wait_for_tunnel()
        return cli, self.ours()[0]['id']

    def test_cancelled_by_somebody_else(self):
        cli, job = self.running()
        self.cluster.run('scancel', job)
        self.assertIn(f'Job {job} on', self.end(cli, 7, 'remote')['message'])
        self.assertIn('was cancelled', cli.find('error')[0]['message'])

    def test_node_failed(self):
        cli, job = self.running()
        self.cluster.run('scontrol', 'update', 'NodeName=node1', 'State=DOWN', 'Reason=test')
        self.assertIn(f'The node of job {job}', self.end(cli, 7, 'remote')['message'])

    def test_held(self):
        cli = self.start('--detach', options='--hold')
        while 'it is held' not in (cli.wait_for('step', step='prepare', state='running')['detail'] or ''):
            pass
        self.cluster.run('scontrol', 'release', self.ours()[0]['id'])
        self.end(cli, 0)

    def test_cancelled_while_it_waits(self):
        with self.busy():
            cli = self.start()
            self.cluster.wait_until(self.ours)
            self.cluster.run('scancel', self.ours()[0]['id'])
            self.assertIn('was cancelled', self.end(cli, 7, 'remote')['message'])


@unittest.skipUnless(os.environ.get('FAIRLEAD_TEST_TIME_LIMIT'),
                     'belongs to --full: set FAIRLEAD_TEST_TIME_LIMIT')
class TimeLimit(SlurmCase):
    DEADLINE = 150      # the controller looks at time limits every 30 s

    def test_reached(self):
        cli = self.start()
        cli.wait_for_tunnel()
        job = self.ours()[0]['id']
        self.cluster.run('scontrol', 'update', f'JobId={job}', 'EndTime=now+1', check=True)
        error = self.end(cli, 7, 'remote')
        self.assertIn('reached its time limit', error['message'])
        self.assertIn('--time', error['hint'])


if __name__ == '__main__':
    unittest.main()

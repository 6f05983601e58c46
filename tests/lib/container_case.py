# SPDX-License-Identifier: GPL-3.0-or-later
"""The solver in a container: what its tests share."""

import time
import unittest

from containers import Containers, why_not
from fairlead_test import DEMO, fixture
from solver_case import SolverCase

PORT = 9090
INSIDE = '/work/solver'


@unittest.skipIf(why_not(), why_not())
class ContainerCase(SolverCase):
    DEADLINE = 120
    ENGINES = ('docker',)

    def setUp(self):
        super().setUp()
        self.containers = self.enter(Containers(self.tmp / 'containers'))
        self.host_port = fixture.free_port()
        for name in self.ENGINES:
            self.containers.install(name)
        self.server = self.sshd(environment={'PATH': f'{self.containers.bin}:/usr/bin:/bin',
                                             'XDG_RUNTIME_DIR': str(self.tmp)})

    def box(self, name='box', *options, publish=True, how='run', **settings):
        """A container with a solver in it; its id."""
        if publish:
            options = ('-p', f'127.0.0.1:{self.host_port}:{PORT}', *options)
        more = {k: settings.pop(k) for k in ('python', 'command') if k in settings}
        program = settings.pop('program', DEMO)
        made = getattr(self.containers, how)(name, *options, **more)
        source = self.solver(f'for {name}', program=program, **settings)
        self.containers.put(name, source, INSIDE)
        return made

    def open(self, *more, name='box', path=INSIDE, **how):
        return self.connect(self.server, path, '--container', name, *more, server_port=PORT, **how)

    def detached(self, *more, **how):
        cli = self.open('--detach', *more, **how)
        self.end(cli, 0)
        return cli

    def solvers(self, path):
        """Pids of the host of the solvers that run in a container, by its name."""
        return [pid for pid, line in self.containers.processes(path)
                if 'server.py' in line and 'python' in line.split()[0]]

    def fails(self, *more, kind='remote', **how):
        """The error of a connection that does not come about."""
        cli = self.open('--detach', *more, **how)
        return self.end(cli, 7 if kind == 'remote' else 3, kind)

    def wait_until(self, condition, what, timeout=20):
        end = time.monotonic() + timeout
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.05)

    def others(self):
        """What runs in the container beside the solver and its supervisor."""
        return [line for _, line in self.containers.processes('box')
                if 'server.py' not in line and 'FAIRLEAD_RUN' not in line]

    def zombies(self):
        return [pid for pid, _ in self.containers.processes('box') if fixture.state_of(pid) == 'Z']

# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job on a way of several hosts, as the person's ssh_config(5) names it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from chain import PASSPHRASE, Chain  # noqa: E402
from fairlead_test import fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402

try:
    from recorder import Recorder
except ImportError:
    Recorder = None


class Jump(SolverCase):
    DEADLINE = 120

    def chain(self, hosts, **how):
        return self.enter(Chain(hosts, self.tmp / 'chain', **how))

    def job(self, chain, path, config, environ=None):
        """Connect to the last host, start the demo solver there and stop it again."""
        last = len(chain.hosts)
        cli = self.start_cli('connect', chain.name(last), '--json', '-F', config, '--remote-path', path,
                             '--server-port', fixture.free_port(), '--stop-on-exit', environ=environ)
        cli.wait_for_tunnel()
        cli.signal(2)
        self.end(cli, 0)
        self.assert_ends(path)

    def solver_at_the_end(self, chain):
        return self.solver(account=chain.accounts[-1] if chain.accounts else None)

    def test_three_jump_hosts(self):
        """Each key and each passphrase is asked for once, by name; then ssh's files know them."""
        chain = self.chain(4, encrypted=2)
        known = self.tmp / 'known_hosts'
        config = chain.config('jump', known_hosts=known)
        path = self.solver_at_the_end(chain)
        environ = self.askpass('yes', 'yes', PASSPHRASE, 'yes', 'yes')
        self.job(chain, path, config, environ)
        asked = self.asked()
        self.assertEqual([a.split('\n')[0] for n, a in enumerate(asked) if n != 2],
                         [f'Verify “hop{n}”?' for n in range(1, 5)])
        for jump in (asked[0], asked[1], asked[3]):
            self.assertIn('jump host on the way to “hop4”', jump)
        self.assertNotIn('jump host', asked[4])
        self.assertIn('hop2', asked[2])
        self.assertEqual(len(known.read_text().splitlines()), 4)

        (self.tmp / 'asked').unlink()
        self.job(chain, path, config, self.askpass(PASSPHRASE))
        self.assertEqual(len(self.asked()), 1)

    def test_the_same_by_proxy_commands(self):
        chain = self.chain(3)
        self.job(chain, self.solver_at_the_end(chain), chain.config('command'))

    def test_a_wrong_key_at_the_second_host(self):
        """It is that host's, and nothing about the person reaches it."""
        if Recorder is None:
            self.skipTest('needs python3-paramiko')
        chain = self.chain(3)
        recorder = self.enter(Recorder())
        other = pathlib.Path(f'{fixture.shared_keys().get("ed25519", name="other-host")}.pub')
        config = chain.config('jump')
        config.write_text(config.read_text().replace(f'Port {chain.hosts[1].port}\n', f'Port {recorder.port}\n'))
        with chain.known_hosts.open('a') as file:
            file.write(f'[127.0.0.1]:{recorder.port} {other.read_text()}')
        cli = self.start_cli('connect', 'hop3', '--json', '-F', config, '--remote-path', '/nonexistent')
        error = self.end(cli, 5)
        self.assertTrue(error['message'].startswith('At the jump host “hop2”, on the way to “hop3”: '), error)
        self.assertIn('has changed', error['message'])
        self.assertTrue(recorder.wait_until_closed())
        self.assertFalse(recorder.seen('USERAUTH_REQUEST'))
        for host in chain.hosts:
            self.assertFalse(recorder.contains(host.user))

    def test_a_command_that_was_pasted_is_not_run_unasked(self):
        mark = self.tmp / 'ran'
        line = f'ssh -o "ProxyCommand=touch {mark}" someone@127.0.0.1'
        out = self.cli('connect', line, '-F', '/dev/null', '--remote-path', '/nonexistent')
        self.assertEqual(out.returncode, 8, out.stderr)
        self.assertFalse(mark.exists())

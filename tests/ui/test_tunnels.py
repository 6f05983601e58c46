# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnels beside the solver's, while connected; and a connection that is lost and comes back."""

import pathlib
import re
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from uidrv import Journey, fixture, text_of, wait  # noqa: E402


def answers(port):
    """What the demo solver says through PORT to somebody who is not in its list of projects."""
    with socket.create_connection(('127.0.0.1', port), 5) as peer:
        request = b'--name nobody'
        peer.settimeout(5)
        peer.sendall(b'TCMD' + len(request).to_bytes(4, 'big') + request)
        return b'protocol_version' in peer.recv(65536)


class Tunnels(Journey):
    def ready(self, **fields):
        self.trust()
        self.profile(**fields)
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    def test_add_use_remove_and_undo(self):
        app = self.ready()
        port = fixture.free_port()
        app.command('win.add-tunnel')
        app.click('Add')
        app.label('^Enter a host and a port')       # under the field; nothing is lost
        app.fill('Leads To', f'localhost:{self.server_port}')
        app.fill('Port on This Computer', str(port))
        app.click('Add')
        app.label(f'^127[.]0[.]0[.]1:{port}$')
        app.label('^until you disconnect$')
        app.label('^Open, not yet tried$')          # never green on a listener alone
        self.assertTrue(answers(port))
        app.label('^Reached$')
        app.label('^0 open, 1 in all$')

        app.click('Tunnel Menu', role=('toggle button', 'push button', 'button'))
        app.click('Remove', role=('menu item', *('push button', 'button')))
        app.label('^Tunnel removed$')
        with self.assertRaises(OSError):
            socket.create_connection(('127.0.0.1', port), 5).close()
        app.click('Undo')
        app.label(f'^127[.]0[.]0[.]1:{port}$')
        wait(lambda: answers(port), 'the tunnel to be there again')

    def test_busy_port_is_named_and_the_next_one_offered(self):
        app = self.ready()
        with socket.socket() as holder:
            holder.bind(('127.0.0.1', 0))
            holder.listen()
            app.command('win.add-tunnel')
            app.fill('Or Paste an ssh Command',
                     f'ssh -N -L {holder.getsockname()[1]}:127.0.0.1:{self.server_port} me@gpu01')
            self.assertEqual(text_of(app.entry('Leads To')), f'127.0.0.1:{self.server_port}')
            app.click('Add')
            app.label(r'^Port \d+ is in use by ')
            offer = app.find(('push button', 'button'), re.compile(r'^_?Use \d+'))
            app.act(offer)
            app.gone('text', 'Leads To')
        row = app.label(r'^until you disconnect$').get_parent().get_parent()
        address = app.find('label', re.compile(r'^127[.]0[.]0[.]1:\d+$'), root=row).get_name()
        self.assertTrue(answers(int(address.rpartition(':')[2])))

    def test_ssh_for_other_tools_is_one_press(self):
        app = self.ready()
        app.click('SSH for Other Tools')
        app.label('^ssh -p .* copied$')
        app.label('^SSH for other tools$')
        app.label('^Reached$')


class Lost(Journey):
    def ready(self):
        self.trust()
        self.profile()
        app = self.start()
        app.command('win.connect')
        app.label('^Solver ready$', timeout=30)
        return app

    def test_it_comes_back_by_itself(self):
        app = self.ready()
        self.assertTrue(answers(self.local_port))
        (solver,) = self.solvers()
        self.sshd.stop()
        app.find(('push button', 'button'), 'Retry Now', timeout=10)
        app.label(r'^Reconnecting in \d+ s \(attempt \d+\)$')
        app.label('^Waiting for the connection$')
        app.find('list', 'Solver Log')
        # While nobody is there: as soon as somebody is, it may be connected before it can be told to be.
        app.command('win.retry-now')
        app.label(r'^Reconnecting in \d+ s \(attempt ([2-9]|\d\d)\)$')
        self.sshd.start()
        app.gone(('push button', 'button'), 'Retry Now', timeout=30)
        app.label('^Solver ready$', timeout=30)
        wait(lambda: answers(self.local_port), 'the tunnel on the same port')
        self.assertEqual(self.solvers(), [solver])

    def test_clients_are_refused_meanwhile_where_that_is_set(self):
        app = self.ready()
        app.focused_window()
        app.keys('F10')
        app.click('Refuse Clients While Reconnecting', role='menu item')
        self.sshd.stop()
        app.find(('push button', 'button'), 'Retry Now', timeout=10)
        app.label('^Waiting for the connection$')
        with self.assertRaises(ConnectionResetError):
            answers(self.local_port)
        self.sshd.start()
        # "Solver ready" alone is also what was known of it before.
        app.gone(('push button', 'button'), 'Retry Now', timeout=30)
        app.label('^Solver ready$', timeout=30)
        wait(lambda: answers(self.local_port), 'the tunnel on the same port')

    def test_stop_ends_it(self):
        app = self.ready()
        self.sshd.stop()
        app.click('Stop', timeout=10)
        app.gone(('push button', 'button'), 'Retry Now')
        app.label('^Failed$')
        app.find(('push button', 'button'), 'Connect Again')


if __name__ == '__main__':
    unittest.main()

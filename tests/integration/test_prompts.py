# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server may ask beside the key (RFC 4256): several prompts, none, foreign text, and too much.

The server is Paramiko's, in this process: it says what it is told to.
"""

import contextlib
import pathlib
import signal
import socket
import sys
import threading

import paramiko

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from fairlead_test import fixture  # noqa: E402
from solver_case import SolverCase  # noqa: E402


class Rules(paramiko.ServerInterface):
    """Takes any key, then asks QUERIES one after the other; ANSWERS is what came back."""

    def __init__(self, queries, methods='publickey'):
        self.queries, self.methods, self.answers = list(queries), methods, []

    def get_allowed_auths(self, username):
        return self.methods

    def check_auth_publickey(self, username, key):
        self.methods = 'keyboard-interactive'
        return paramiko.AUTH_PARTIALLY_SUCCESSFUL

    def ask(self):
        if not self.queries:
            return paramiko.AUTH_SUCCESSFUL
        query = self.queries.pop(0)
        if query is None:
            return paramiko.AUTH_FAILED
        if isinstance(query, bytes):        # as it is, behind the type of an INFO_REQUEST
            message = paramiko.Message()
            message.add_byte(b'\x3c')
            message.add_bytes(query)
            self.transport._send_message(message)
            return paramiko.AUTH_FAILED
        name, instructions, *prompts = query
        return paramiko.server.InteractiveQuery(name, instructions, *prompts)

    def check_auth_interactive(self, username, submethods):
        return self.ask()

    def check_auth_interactive_response(self, responses):
        self.answers.append(list(responses))
        return self.ask()


class Server:
    def __init__(self, rules, host_key):
        self.rules, self.host_key = rules, host_key
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]

    def serve(self):
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            connection, _ = self.listener.accept()
            self.transport = self.rules.transport = paramiko.Transport(connection)
            self.transport.add_server_key(paramiko.Ed25519Key.from_private_key_file(str(self.host_key)))
            self.transport.start_server(event=threading.Event(), server=self.rules)

    def __enter__(self):
        self.transport = None
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        if self.transport:
            self.transport.close()


class Prompts(SolverCase):
    def start(self, rules, *answers, environ=None):
        host_key = fixture.shared_keys().get('ed25519', name='host')
        server = self.enter(Server(rules, host_key))
        known = self.client_home() / '.ssh' / 'known_hosts'
        kind, blob = pathlib.Path(f'{host_key}.pub').read_text().split()[:2]
        known.write_text(f'[127.0.0.1]:{server.port} {kind} {blob}\n')
        return self.start_cli('connect', f'ada@127.0.0.1:{server.port}', '--json', '-F', '/dev/null',
                              '-i', fixture.shared_keys().get('ed25519'), '--remote-path', '/nonexistent',
                              environ=environ or self.askpass(*answers))

    def signs_in(self, *queries, answers):
        rules = Rules(queries)
        cli = self.start(rules, *answers)
        _, errors = cli.finish()
        self.assertTrue(cli.find('step', step='sign-in', state='done'), errors)
        return rules, errors

    def test_several_prompts(self):
        rules, _ = self.signs_in(('Two steps', 'Look at your phone.', ('Code: ', True), ('PIN', False)),
                                 answers=['12 34', 'geheim£'])
        self.assertEqual(rules.answers, [['12 34', 'geheim£']])
        first, second = self.asked()
        self.assertRegex(first, r'asks “ada”:\n  \| Two steps\n  \| Look at your phone\.\n  \| Code: $')
        self.assertEqual(second, '  | PIN ')

    def test_one_after_the_other(self):
        rules, _ = self.signs_in(('', '', ('Code:', True)), ('', '', ('Again:', True)), answers=['1', '2'])
        self.assertEqual(rules.answers, [['1'], ['2']])
        self.assertNotIn('not taken', self.asked()[1])

    def test_nothing_to_answer(self):
        """The server only says what goes on; that is shown, and nobody is asked."""
        rules, errors = self.signs_in(('', 'Approve this on your phone.'), answers=[])
        self.assertEqual(rules.answers, [[]])
        self.assertIn('Approve this on your phone.', errors)
        self.assertEqual(self.asked(), [])

    def test_foreign_text_is_inert(self):
        self.signs_in(('\033[2J', 'one\r\ntwo\u202e\x07', ('\033]0;x\x07Code:\n“gpu” wants: ', True)), answers=['1'])
        text, = self.asked()
        for character in '\033', '\x07', '\u202e', '\r':
            self.assertNotIn(character, text)
        for line in text.splitlines()[1:]:
            self.assertTrue(line.startswith('  | '), text)

    def test_an_empty_answer_is_an_answer(self):
        rules, _ = self.signs_in(('', '', ('Token (Enter for none):', True)), answers=[''])
        self.assertEqual(rules.answers, [['']])

    def test_too_many_prompts(self):
        rules = Rules([('', '', *[('Code:', True)] * 33)])
        error = self.end(self.start(rules, *['1'] * 40), 4, 'network')
        self.assertIn('no sense', error['message'])
        self.assertEqual(self.asked(), [])

    def test_garbled(self):
        empty = bytes(4)
        for body in b'', empty, empty * 3, empty * 3 + b'\0\0\0\1', b'\xff' * 4 + empty * 3, \
                empty * 3 + b'\xff' * 4, empty * 3 + b'\0\0\0\1' + b'\0\0\0\5Code:':
            with self.subTest(body):
                error = self.end(self.start(Rules([body]), '1'), 4, 'network')
                self.assertIn('no sense', error['message'])
        self.assertEqual(self.asked(), [])

    def test_no_end_of_prompts(self):
        rules = Rules([('', 'wait')] * 1000)
        error = self.end(self.start(rules), 4, 'network')
        self.assertIn('no sense', error['message'])
        self.assertLess(len(rules.answers), 100)

    def test_refused_for_ever(self):
        """Each answer is wrong: three tries, not more."""
        rules = Rules([('', '', ('Code:', True)), None] * 20)
        error = self.end(self.start(rules, *['1'] * 20), 6, 'auth')
        self.assertIn('3 times', error['message'])
        self.assertEqual(len(rules.answers), 3)

    def test_interrupted_while_it_asks(self):
        environ = self.askpass()
        script = pathlib.Path(environ['SSH_ASKPASS'])
        script.write_text(f'#!/bin/sh\necho > {self.tmp}/up\nexec sleep 60\n')
        cli = self.start(Rules([('', '', ('Code:', True))]), environ=environ)
        cli.wait_for('link', state='needs-you')
        cli.signal(signal.SIGINT)
        code, _ = cli.finish(timeout=10)
        self.assertNotEqual(code, 0)
        self.assertFalse(cli.find('step', step='sign-in', state='done'))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of hosts (@cert-authority): in every case what ssh does, and the reason when it is no."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from host_key_case import HostKeyCase, public  # noqa: E402


class HostCertificates(HostKeyCase):
    # Good ones

    def test_each_type(self):
        for kind, bits in [('ed25519', None), ('ecdsa', 256), ('ecdsa', 384), ('ecdsa', 521), ('rsa', 2048)]:
            with self.subTest(kind=kind, bits=bits):
                self.start(kind=kind, bits=bits)
                self.check_like_ssh(self.authority_line(), True)

    def test_each_type_of_authority(self):
        for kind in ['ecdsa', 'rsa']:
            with self.subTest(kind=kind):
                authority = self.keys.get(kind, name='authority', bits=2048 if kind == 'rsa' else None)
                self.start(authority=authority)
                self.check_like_ssh(self.authority_line(key=authority), True)

    def test_forms_of_the_name(self):
        self.start()
        port = self.server.port
        for name in [f'[127.0.0.*]:{port}', '*', '127.0.0.1', '127.0.*', f'x,[127.0.0.1]:{port}']:
            with self.subTest(name=name):
                self.check_like_ssh(self.authority_line(name), True)

    def test_names_of_others(self):
        self.start()
        for name in ['[127.0.0.1]:1', '*,!127.0.0.1,![127.0.0.1]:*', '127.0.0.2', '*.lab']:
            with self.subTest(name=name):
                error = self.check_like_ssh(self.authority_line(name), False, 8)
                self.assertEqual(error['kind'], 'needs-person')

    def test_hashed_name(self):
        self.start()
        self.file.write_text(f'{self.name} {public(self.authority)}\n')
        subprocess.run(['ssh-keygen', '-q', '-H', '-f', str(self.file)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.check_like_ssh('@cert-authority ' + self.file.read_text(), True)

    def test_no_principals(self):
        self.start(principals=None)
        self.check_like_ssh(self.authority_line(), True)

    def test_host_key_alias(self):
        self.start(principals='box.lab')
        self.config.write_text('HostKeyAlias box.lab\n')
        self.check_like_ssh(self.authority_line('*.lab'), True)
        self.config.write_text('HostKeyAlias box2.lab\n')
        self.assertIn('box.lab', self.check_like_ssh(self.authority_line('*.lab'), False)['message'])

    def test_certificate_before_a_known_plain_key(self):
        self.start()
        other = self.keys.get('ed25519', name='other-host')
        self.check_like_ssh(f'{self.name} {public(other)}\n' + self.authority_line(), True)

    def test_several_authorities(self):
        self.start()
        self.check_like_ssh(self.authority_line(key=self.other) + self.authority_line(), True)

    # Refused, with the reason

    def refused(self, text, *, plain=False, revoked='', authority=None):
        error = self.check_like_ssh(revoked + self.authority_line(key=authority), False)
        self.assertEqual(error['kind'], 'host-key')
        self.assertIn(text, error['message'])
        self.assertNotIn('changed', error['message'])
        if plain:
            # ssh falls back to the plain key, if that one is saved.
            self.check_like_ssh(self.authority_line(key=authority) + f'{self.name} {public(self.host_key)}\n',
                                True)

    def test_expired(self):
        self.start('-V', '20200101:20210101')
        self.refused('expired on 2021-01-01', plain=True)

    def test_not_yet_valid(self):
        self.start('-V', '+1d:+2d')
        self.refused('only from', plain=True)

    def test_wrong_principal(self):
        self.start(principals='box.lab,box')
        self.refused('box.lab, box', plain=True)

    def test_pattern_as_principal(self):
        self.start(principals='127.*')
        self.refused('127.*', plain=True)

    def test_other_authority(self):
        self.start(authority=self.other)
        self.refused('none that known_hosts names', plain=True)

    def test_critical_option(self):
        self.start('-O', 'critical:x@y=1')
        self.refused('x@y', plain=True)

    def test_another_plain_key_is_not_called_changed(self):
        self.start('-V', '20200101:20210101')
        other = self.keys.get('ed25519', name='other-host')
        error = self.check_like_ssh(f'{self.name} {public(other)}\n' + self.authority_line(), False)
        self.assertIn('expired', error['message'])

    def test_revoked_authority(self):
        self.start()
        self.refused('revoked', revoked=f'@revoked * {public(self.authority)}\n')

    def test_revoked_key(self):
        self.start()
        self.refused('revoked', revoked=f'@revoked {self.name} {public(self.host_key)}\n')

    def test_revoked_for_another_host(self):
        self.start()
        self.check_like_ssh(f'@revoked [127.0.0.1]:1 {public(self.host_key)}\n' + self.authority_line(), True)

    # Without a certificate

    def test_plain_key_beside_an_authority(self):
        self.server = self.sshd(host_keys=['ed25519'])
        self.name = f'[127.0.0.1]:{self.server.port}'
        key = self.server.host_key_paths()[0]
        self.check_like_ssh(self.authority_line() + f'{self.name} {public(key)}\n', True)
        self.check_like_ssh(self.authority_line(), False, 8)

    def test_no_authority_known(self):
        self.start()
        self.check_like_ssh(f'{self.name} {public(self.host_key)}\n', True)
        self.check_like_ssh('', False, 8)

    def test_authority_as_a_plain_line(self):
        self.start()
        error = self.check_like_ssh(f'{self.name} {public(self.authority)}\n', False)
        self.assertIn('changed', error['message'])

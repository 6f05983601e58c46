# SPDX-License-Identifier: GPL-3.0-or-later
"""An sshd in a mount namespace of its own: what it sees mounted, nobody else sees, and it goes with it."""

import os
import subprocess
import unittest

from sshd import Sshd, is_root


def needs_mounts(test):
    works = is_root() and subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL,
                                         check=False).returncode == 0
    return unittest.skipUnless(works, 'needs root and mount namespaces: disks that are full or read-only')(test)


class MountedSshd(Sshd):
    """SETUP is a shell text that mounts, with PATHS as its arguments."""

    def __init__(self, *arguments, setup, paths=(), **more):
        super().__init__(*arguments, **more)
        self.setup, self.paths = setup, [os.fspath(p) for p in paths]

    def command(self):
        script = f'set -e\n{self.setup}\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"'
        return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'setup', *self.paths, '--',
                *super().command()]

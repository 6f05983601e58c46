#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what the suites say into lines "pass|fail|skip<TAB>suite: name<TAB>reason".

count.py tap SUITE         TAP on standard input
count.py junit SUITE FILE  Meson's meson-logs/testlog.junit.xml
count.py sum FILE          of such lines: what failed, what was skipped and why, and the count
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def line(kind, suite, name, reason=''):
    return '\t'.join([kind, f'{suite}: {name}', ' '.join(reason.split())])


def tap(suite, text):
    planned, seen = None, 0
    for one in text.splitlines():
        plan = re.match(r'1\.\.(\d+)(?:\s*#\s*skip\s*(.*))?', one, re.I)
        if plan:
            planned = int(plan[1])
            if planned == 0:
                yield line('skip', suite, 'all', plan[2] or 'nothing to do')
        result = re.match(r'(not )?ok\b\s*\d*\s*(?:- )?(.*?)(?:\s*#\s*(skip|todo)\S*\s*(.*))?$', one, re.I)
        if result:
            seen += 1
            kind = 'skip' if result[3] else 'fail' if result[1] else 'pass'
            yield line(kind, suite, result[2], result[4] or '')
        elif one.startswith('Bail out!'):
            yield line('fail', suite, 'bailed out', one)
    if planned is None or planned > seen:
        yield line('fail', suite, 'ended early', f'{seen} of {planned} tests')


def junit(suite, path):
    # Meson puts what a test said in as it is: control characters, too, which XML 1.0 does not have (section 2.2).
    with open(path, encoding='utf-8', errors='replace') as file:
        text = re.sub('[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]', '\ufffd', file.read())
    for group in ElementTree.fromstring(text.encode()).iter('testsuite'):
        # Meson: a testsuite for each TAP program, and one testcase for each other.
        program = group.get('name', '').split('.')[-1]
        for case in group.iter('testcase'):
            name = case.get('name', '')
            name = name if name.startswith(program) else f'{program} {name}'
            bad = [e for e in case if e.tag in ('failure', 'error')]
            skipped = case.find('skipped')
            if bad:
                yield line('fail', suite, name, bad[0].get('message') or bad[0].text or '')
            elif skipped is not None:
                yield line('skip', suite, name, skipped.get('message') or skipped.text or '')
            else:
                yield line('pass', suite, name)


def total(path):
    counts = {'pass': 0, 'fail': 0, 'skip': 0}
    file = pathlib.Path(path)
    rows = [r.split('\t') for r in (file.read_text().splitlines() if file.exists() else []) if r]
    for kind, name, *reason in rows:
        counts[kind] += 1
        if kind != 'pass':
            because = f' ({reason[0]})' if reason and reason[0] else ''
            print({'fail': 'FAILED ', 'skip': 'skipped'}[kind], name + because)
    print('{pass} passed, {fail} failed, {skip} skipped'.format(**counts))
    return 1 if counts['fail'] else 0


def main():
    what, *rest = sys.argv[1:]
    if what == 'sum':
        return total(rest[0])
    rows = tap(rest[0], sys.stdin.read()) if what == 'tap' else junit(rest[0], rest[1])
    for row in rows:
        print(row)
    return 0


if __name__ == '__main__':
    sys.exit(main())

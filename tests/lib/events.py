# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the lines of `fairlead-cli --json` against src/cli/EVENTS.md, whose tables are the contract."""

import json
import pathlib
import re

EVENTS_MD = pathlib.Path(__file__).resolve().parent.parent.parent / 'src' / 'cli' / 'EVENTS.md'

TYPES = {
    'integer': lambda v: isinstance(v, int) and not isinstance(v, bool),
    'number': lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    'string': lambda v: isinstance(v, str),
    'word': lambda v: isinstance(v, str),
    'boolean': lambda v: isinstance(v, bool),
}


def read_contract(path=EVENTS_MD):
    """{event: {field: (type, may be null, words)}}."""
    contract, fields = {}, None
    for line in path.read_text(encoding='utf-8').splitlines():
        if heading := re.fullmatch(r'## `([a-z-]+)`', line):
            fields = contract.setdefault(heading[1], {})
        elif line.startswith('#'):
            fields = None
        elif fields is not None and (row := re.fullmatch(r'\| `(\w+)` \| ([\w ]+?) \| (.*?) ?\|', line)):
            name, kind, meaning = row.groups()
            kind, _, null = kind.partition(' or ')
            words = set(re.findall(r'`([^`]+)`', meaning)) if kind == 'word' else None
            fields[name] = (kind, null == 'null', words)
    return contract


CONTRACT = read_contract()


def check_line(line):
    """The event in a line; raises AssertionError where it is not what EVENTS.md says."""
    assert line == line.strip() + '\n', f'not one line: {line!r}'
    event = json.loads(line)
    name = event.get('event')
    assert event.get('v') == 1, f'not version 1: {line}'
    assert name in CONTRACT, f'EVENTS.md has no event {name}: {line}'
    fields = CONTRACT[name]
    assert set(event) - {'v', 'event'} == set(fields), f'other fields than EVENTS.md: {line}'
    for field, (kind, nullable, words) in fields.items():
        value = event[field]
        if value is None:
            assert nullable, f'{field} may not be null: {line}'
            continue
        assert TYPES[kind](value), f'{field} is no {kind}: {line}'
        assert words is None or value in words, f'{field} is none of {sorted(words)}: {line}'
    return event

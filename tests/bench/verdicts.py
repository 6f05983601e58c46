# SPDX-License-Identifier: GPL-3.0-or-later
"""What is promised, held against what was measured."""

import statistics

from programs import FIXED_CIPHER


def paired(results, what, where, program, cipher, other_what, other, other_cipher):
    """The median of the ratios of each round: what changed from round to round falls out."""
    mine = results.get(what, where, program, cipher)
    theirs = results.get(other_what, where, other, other_cipher)
    ratios = [a / b for a, b in zip(mine, theirs) if b]
    return statistics.median(ratios) if ratios else None


def ratio(what, where, least=None, most=None, other='ssh', cipher='own', other_what=None, program='fairlead'):
    """A promise about Fairlead's value over that of another program."""
    def measure(results):
        return paired(results, what, where, program, cipher, other_what or what, other, cipher)
    text = f'{what}, {where}' + ('' if cipher == 'own' else f', {cipher.partition("@")[0]}')
    against = f'{other}’s' + (f' {other_what}' if other_what else '')
    return text, f'× {against}', measure, least, most


def difference(what, where, most):
    def measure(results):
        mine, theirs = (results.median(what, where, p) for p in ('fairlead', 'ssh'))
        return None if mine is None or theirs is None else mine - theirs
    return f'{what}, {where}, over ssh’s', '', measure, None, most


def plain(what, where, program, most, unit):
    return f'{what}, {program}', unit, lambda results: results.median(what, where, program), None, most


def start_difference(program):
    where = '50 ms to 150 ms'

    def measure(results):
        mine, theirs = (results.median('round trips to signed in', where, p) for p in (program, 'ssh'))
        return None if mine is None or theirs is None else mine - theirs
    return f'round trips to signed in, {program}, over ssh’s', '', measure, None, 0.5


def promises():
    both = ('download 1', 'upload 1', 'download 8', 'upload 8')
    yield from (ratio(what, '0 ms', least=1.7) for what in both)
    yield from (ratio(what, '0 ms', least=4, other='paramiko') for what in both)
    yield from (ratio(what, '0 ms', least=1.0, cipher=FIXED_CIPHER) for what in both)
    yield from (ratio(f'{what}: CPU', '0 ms', most=1.05, cipher=FIXED_CIPHER) for what in both)
    for where, least in (('20 ms', 1.5), ('50 ms', 3), ('150 ms', 3)):
        yield ratio('download 1', where, least=least)
    for where in ('50 ms', '150 ms'):
        yield ratio('upload 1', where, least=1.8)
        yield ratio('upload 8', where, least=4, other_what='upload 1')
    yield ratio('open+ping p50', '0 ms', most=1.1)
    # Half a round trip would be one more.
    yield difference('open+ping p50', '50 ms', most=25)
    for where in ('0 ms', '50 ms'):
        for name in ('download', 'upload'):
            yield ratio(f'open+ping beside {name} p99', where, most=1.0)
    for program in ('fairlead', 'fairlead-cli'):
        yield start_difference(program)
        for where in ('0 ms', '50 ms'):
            text, *rest = ratio('start to signed in', where, most=1.1, program=program)
            yield f'{text}, {program}', *rest
    for program in ('fairlead', 'fairlead-cli'):
        yield plain('idle: CPU', '0 ms', program, 0.1, '% of a core')


def judge(results):
    """One dict for each promise that was measured."""
    found = []
    for text, unit, measure, least, most in promises():
        value = measure(results)
        if value is not None:
            found.append({'what': text, 'unit': unit, 'measured': value, 'at_least': least, 'at_most': most,
                          'met': value >= least if least is not None else value <= most})
    return found

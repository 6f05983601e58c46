# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured. Each part puts its values into a Results; the programs take turns, so that whatever else the
machine does hits all alike."""

import contextlib
import resource
import statistics
import time

import programs
from programs import FIXED_CIPHER, Direct, Job, Network, Tunnel, cpu_seconds, memory, wake_ups

DELAYS = (20, 50, 150)          # ms of round trip
STREAMS = (1, 8)
CONNECTIONS = (0, 200, 1000)
SLOPE = (50, 150)               # ms between which the time from start to signed-in is held against the delay


class Results:
    """Values by (what, where, cipher, program), in the order of the rounds. Lower is better where a unit is a cost."""

    def __init__(self):
        self.values, self.units = {}, {}

    def add(self, what, where, cipher, program, value, unit):
        self.values.setdefault((what, where, cipher, program), []).append(value)
        self.units[what] = unit

    def get(self, what, where, program, cipher='own'):
        return self.values.get((what, where, cipher, program), [])

    def median(self, what, where, program, cipher='own'):
        values = self.get(what, where, program, cipher)
        return statistics.median(values) if values else None


class Settings:
    """How long and how often. Times in seconds."""

    def __init__(self, quick, wanted, idle):
        self.quick, self.programs, self.idle = quick, wanted, idle
        self.rounds = 3 if quick else 7
        self.far_rounds = 1 if quick else 3
        self.near_time = 1.0 if quick else 2.0
        self.far_time = 4.0 if quick else 8.0
        self.delays = (50,) if quick else DELAYS
        self.pings = 200 if quick else 1000
        self.starts = 7 if quick else 21
        self.far_starts = 3 if quick else 7

    def tunnels(self, stack, network, cipher='own'):
        """One tunnel of each program, open."""
        made = []
        for program in self.programs:
            # Paramiko has no AES-GCM before 3.5.
            if cipher != 'own' and program == 'paramiko':
                continue
            tunnel = Tunnel(network, program, cipher)
            stack.callback(tunnel.close)
            tunnel.wait_open()
            made.append(tunnel)
        return made


def say(text):
    print(f'\r\033[K{text}', end='', flush=True) if say.terminal else print(text, flush=True)


say.terminal = False


# ---------------------------------------------------------------- streams

def measure_streams(results, tunnels, where, rounds, duration):
    for number in range(rounds):
        for streams in STREAMS:
            for direction, name in (('get', 'download'), ('put', 'upload')):
                for tunnel in tunnels:
                    say(f'{where}, round {number + 1} of {rounds}: {name}, {streams} stream(s), {tunnel.program}')
                    before = cpu_seconds(tunnel.pid) if tunnel.pid else 0
                    done = tunnel.run_peer(direction, streams, int(duration * 1000))
                    what = f'{name} {streams}'
                    results.add(what, where, tunnel.cipher, tunnel.program,
                                done['bytes'] / done['seconds'] / 1e6, 'MB/s')
                    if tunnel.pid:
                        results.add(f'{what}: CPU', where, tunnel.cipher, tunnel.program,
                                    (cpu_seconds(tunnel.pid) - before) / done['bytes'] * 1e9, 's/GB')


def part_streams(results, settings, networks):
    network = networks.get(delayed=False)
    with contextlib.ExitStack() as stack:
        own = settings.tunnels(stack, network)
        fixed = settings.tunnels(stack, network, FIXED_CIPHER)
        measure_streams(results, [Direct(network), *own, *fixed], '0 ms', settings.rounds, settings.near_time)


def part_far(results, settings, networks):
    network = networks.get(delayed=True)
    for ms in settings.delays:
        network.set_round_trip(ms)
        with contextlib.ExitStack() as stack:
            tunnels = settings.tunnels(stack, network)
            if not settings.quick:
                tunnels += settings.tunnels(stack, network, FIXED_CIPHER)
            measure_streams(results, tunnels, f'{ms} ms', settings.far_rounds, settings.far_time)


# ---------------------------------------------------------------- small requests

def measure_pings(results, tunnels, where, rounds, count):
    for number in range(rounds):
        for tunnel in tunnels:
            say(f'{where}, round {number + 1} of {rounds}: open+ping, {tunnel.program}')
            done = tunnel.run_peer('ping', count, 1)
            for key in ('p50', 'p99'):
                results.add(f'open+ping {key}', where, tunnel.cipher, tunnel.program, done[key] * 1e3, 'ms')
        for tunnel in tunnels:
            say(f'{where}, round {number + 1} of {rounds}: connections, {tunnel.program}')
            done = tunnel.run_peer('ping', count * 2, 16)
            results.add('connections, 16 at once', where, tunnel.cipher, tunnel.program,
                        done['count'] / done['seconds'], '1/s')


def measure_beside(results, tunnels, where, rounds, duration):
    for number in range(rounds):
        for direction, name in (('get', 'download'), ('put', 'upload')):
            for tunnel in tunnels:
                say(f'{where}, round {number + 1} of {rounds}: open+ping beside a {name}, {tunnel.program}')
                done = tunnel.run_peer('beside', direction, int(duration * 1000))
                for key in ('p50', 'p99'):
                    results.add(f'open+ping beside {name} {key}', where, tunnel.cipher, tunnel.program,
                                done[key] * 1e3, 'ms')


def part_pings(results, settings, networks):
    for delayed, where, count in ((False, '0 ms', settings.pings), (True, '50 ms', settings.pings // 20)):
        network = networks.get(delayed)
        if delayed:
            network.set_round_trip(50)
        with contextlib.ExitStack() as stack:
            tunnels = settings.tunnels(stack, network)
            measure_pings(results, tunnels, where, settings.far_rounds if delayed else settings.rounds, count)


def part_beside(results, settings, networks):
    for delayed, where, duration in ((False, '0 ms', 3), (True, '50 ms', 12)):
        network = networks.get(delayed)
        if delayed:
            network.set_round_trip(50)
        with contextlib.ExitStack() as stack:
            tunnels = settings.tunnels(stack, network)
            measure_beside(results, tunnels, where, settings.far_rounds if delayed else settings.rounds, duration)


# ---------------------------------------------------------------- start

def starts(settings):
    """The programs whose start is measured: also the whole of fairlead-cli, which knows no tunnel without a solver."""
    return ['fairlead-cli', *settings.programs]


def measure_starts(results, settings, network, where, rounds):
    for number in range(rounds):
        for program in starts(settings):
            say(f'{where}, start {number + 1} of {rounds}: {program}')
            with contextlib.closing(Tunnel(network, program, watch=True)) as tunnel:
                results.add('start to signed in', where, 'own', program, tunnel.wait_signed_in() * 1e3, 'ms')
            if program == 'fairlead-cli':
                continue
            with contextlib.closing(Tunnel(network, program)) as tunnel:
                results.add('start to first byte', where, 'own', program, tunnel.wait_open() * 1e3, 'ms')


def add_round_trips(results, settings):
    """By the slope of the time over the delay, which the machine's speed does not touch."""
    near, far = (f'{ms} ms' for ms in SLOPE)
    for what in ('signed in', 'first byte'):
        for program in starts(settings):
            times = [results.get(f'start to {what}', where, program) for where in (near, far)]
            for a, b in zip(*times):
                results.add(f'round trips to {what}', f'{near} to {far}', 'own', program,
                            (b - a) / (SLOPE[1] - SLOPE[0]), '')


def part_start(results, settings, networks):
    measure_starts(results, settings, networks.get(delayed=False), '0 ms', settings.starts)
    network = networks.get(delayed=True)
    for ms in SLOPE:
        network.set_round_trip(ms)
        measure_starts(results, settings, network, f'{ms} ms', settings.far_starts)
    add_round_trips(results, settings)


# ---------------------------------------------------------------- idle

def part_idle(results, settings, networks):
    """All at the same time: none of them does anything. Of fairlead-cli the whole job, a solver included."""
    with contextlib.ExitStack() as stack:
        network = networks.get(delayed=False)
        tunnels = [*settings.tunnels(stack, network), Job(network)]
        stack.callback(tunnels[-1].close)
        say(f'idle for {settings.idle} s')
        time.sleep(3)           # until what followed from opening it has been done
        before = [(cpu_seconds(t.pid), wake_ups(t.pid), time.monotonic()) for t in tunnels]
        time.sleep(settings.idle)
        for tunnel, (cpu, woken, at) in zip(tunnels, before):
            past = time.monotonic() - at
            results.add('idle: CPU', '0 ms', 'own', tunnel.program,
                        (cpu_seconds(tunnel.pid) - cpu) / past * 100, '% of a core')
            results.add('idle: wake-ups', '0 ms', 'own', tunnel.program,
                        (wake_ups(tunnel.pid) - woken) / past * 60, '1/min')


def part_memory(results, settings, networks):
    for number in range(1 if settings.quick else 3):
        for program in settings.programs:
            for count in CONNECTIONS:
                say(f'memory, round {number + 1}: {count} connections, {program}')
                with contextlib.closing(Tunnel(networks.get(delayed=False), program)) as tunnel:
                    tunnel.wait_open()
                    measure_memory(results, tunnel, count)


def measure_memory(results, tunnel, count):
    if count == 0:
        results.add('memory, 0 open', '0 ms', 'own', tunnel.program, memory(tunnel.pid), 'MiB')
        return
    with tunnel.start_peer('keep', count) as peer:
        if peer.stdout.readline() == 'open\n':
            results.add(f'memory, {count} open', '0 ms', 'own', tunnel.program, memory(tunnel.pid), 'MiB')
        peer.stdin.close()
        if peer.stdout.read() != 'whole\n':
            raise RuntimeError(f'{tunnel.program}: {count} connections at once do not work')


# ---------------------------------------------------------------- all

PARTS = {
    'streams': (part_streams, 'download and upload, 1 and 8 streams, at loopback; CPU per GB'),
    'far': (part_far, 'the same at 20, 50 and 150 ms of round trip'),
    'pings': (part_pings, 'connections per second, open+ping'),
    'beside': (part_beside, 'open+ping beside a saturating stream'),
    'start': (part_start, 'from start to signed in and to the first byte, time and round trips'),
    'idle': (part_idle, 'idle: CPU and wake-ups'),
    'memory': (part_memory, 'memory with 0, 200 and 1,000 connections'),
}


class Networks:
    """Each is made when it is first asked for."""

    def __init__(self, directory):
        self.directory, self.made = directory, {}
        self.can_delay = programs.delaynet.available()

    def get(self, delayed):
        if delayed not in self.made:
            self.made[delayed] = Network(self.directory / ('far' if delayed else 'near'), delayed)
        return self.made[delayed]

    def close(self):
        for network in self.made.values():
            network.close()


def raise_limits():
    """Two descriptors for each of a thousand connections."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))

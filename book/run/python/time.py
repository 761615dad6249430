"""time."""

from utime import *
from utime import ticks_us


def perf_counter():
    return ticks_us() / 1e6


monotonic = process_time = perf_counter

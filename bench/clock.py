"""Seconds of a block."""

import time


class Clock:
    """Wall and CPU seconds of a block."""

    def __enter__(self):
        self.started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.started[0]
        self.cpu = time.process_time() - self.started[1]

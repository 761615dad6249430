"""A process that has imported what takes long, and runs pytest in a fork of itself.

    python warm.py torch numpy …    # what to import: nothing of the project

So every run reads its own copy's code, while torch, in which no fault is planted, is there already.
Reads lines of JSON, {"root": folder, "arguments": [...], "limit": seconds}, and answers each with
pytest's exit status, -9 where the limit was passed.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time


def run_pytest(root: str, arguments: list[str]) -> int:
    os.setpgrp()  # to be ended as one; a session of its own may get a small share of a busy machine
    os.chdir(root)
    sys.path[0] = root  # as `python -m pytest` has it
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    import pytest

    return int(pytest.main(arguments))


def wait(child: int, limit: float) -> int:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def main() -> None:
    for name in ("SIGTTIN", "SIGTTOU", "SIGTSTP"):  # who asks for the terminal is not to be stopped
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 3  # as pytest's, for an error inside it
            try:
                status = run_pytest(asked["root"], asked["arguments"])
            finally:
                os._exit(status)
        print(wait(child, asked["limit"]), flush=True)


if __name__ == "__main__":
    main()

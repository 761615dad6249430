"""Kernels that need not import PyTorch again: each is forked from a process that has imported it.

That process imports libraries alone, nothing of ours, and runs no cell; a kernel is otherwise as
new as one that Jupyter starts by itself. As a program, where Jupyter and pytest ask for it:

    serve SOCKET OWNER       fork a kernel for each that asks, while process OWNER lives
    start SOCKET CONNECTION  be what Jupyter takes for the kernel: its signals, its end
"""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LIBRARIES = (
    "torch._dynamo",  # PyTorch imports it at an optimizer's first step
    "torchvision",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "anywidget",
    "tqdm.auto",
    "ipykernel.kernelapp",
)


def start_kernel(python: Path, settings: dict, folder: Path, owner: int, cwd: Path, timeout: float):
    """Start a kernel, and before the first of a folder the process that it is forked from.

    Args:
        python: the interpreter; settings: its environment variables, beside those of this process.
        folder: shared by all that ask; owner: the id of the process whose end is the end of all.
        cwd: the kernel's working folder; timeout: for its start, in seconds.

    Returns:
        nbval's RunningKernel.
    """
    from filelock import FileLock

    path = folder / "socket"
    command = [str(python), str(Path(__file__).resolve())]
    argv = [*command, "start", str(path), "{connection_file}"]
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        if sys.platform != "linux":  # a Mac's own libraries stop a process that was forked
            argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        elif not path.exists():
            quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            serving = [*command, "serve", str(path), str(owner)]
            server = subprocess.Popen(serving, env=os.environ | settings, cwd=folder, **quiet)
            while not path.exists() and server.poll() is None:
                time.sleep(0.05)
    with tempfile.TemporaryDirectory(prefix="kernel-") as described:
        return launch(argv, settings, Path(described), cwd, timeout)


def launch(argv: list[str], settings: dict, folder: Path, cwd: Path, timeout: float):
    """Let Jupyter start a kernel that is described in a folder; return nbval's RunningKernel."""
    import pytest
    from nbval.kernel import RunningKernel

    described = folder / "kernels/described/kernel.json"
    described.parent.mkdir(parents=True)
    about = {"argv": argv, "env": settings, "display_name": "described", "language": "python"}
    described.write_text(json.dumps(about), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        return RunningKernel("described", cwd=str(cwd), startup_timeout=timeout)


def serve(path: str, owner: int) -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets kernels that have ended
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{path}.new")
        listener.listen()
        os.rename(f"{path}.new", path)  # there is a socket once there is an answer
        listener.settimeout(1)
        while is_alive(owner):
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                listener.close()
                return run_kernel(connection)
            connection.close()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def run_kernel(connection: socket.socket) -> None:
    """Be the kernel that was asked for, until its end or that of the process that asked."""
    import numpy
    from ipykernel.kernelapp import launch_new_instance

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    asked = json.loads(connection.makefile().readline())
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"], JPY_PARENT_PID=str(os.getppid()))
    numpy.random.seed()
    connection.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=end_with, args=[connection], daemon=True).start()
    sys.argv = ["ipykernel_launcher", "-f", asked["file"]]
    launch_new_instance()


def end_with(connection: socket.socket) -> None:
    connection.recv(1)
    os.killpg(0, signal.SIGKILL)


def start(path: str, file: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        asked = {"cwd": os.getcwd(), "environment": {**os.environ}, "file": file}
        connection.sendall(json.dumps(asked).encode() + b"\n")
        kernel = int(connection.makefile().readline())
        signal.signal(signal.SIGINT, lambda *_: os.kill(kernel, signal.SIGINT))
        connection.recv(1)


if __name__ == "__main__":
    del sys.path[0]  # this folder
    command, path, third = sys.argv[1:]
    start(path, third) if command == "start" else serve(path, int(third))

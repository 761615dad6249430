"""The page's engine, asked from Python: one Node process that stays alive over a run of tests."""

import atexit
import functools
import json
import math
import subprocess
import tempfile
from pathlib import Path

import torch

from book.browser import find_node
from lenet_course.widgets.scripts import find_scripts, join_scripts

ENGINE = Path(__file__).parents[2] / "book/run/engine/engine.js"
RUNNER = Path(__file__).with_name("engine_runner.mjs")


class EngineError(Exception):
    """An error of the engine, as Python would print it."""


@functools.cache
def start(how: str = "") -> subprocess.Popen:
    folder = tempfile.TemporaryDirectory()
    joined = Path(folder.name) / "engine.mjs"
    source = join_scripts(find_scripts(ENGINE))
    joined.write_text(f"{source}\nexport {{ engine }};\n", encoding="utf-8")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    node = subprocess.Popen([find_node(), str(RUNNER), str(joined), how], **pipes)

    def stop():
        node.stdin.close()
        node.wait(timeout=10)
        folder.cleanup()

    atexit.register(stop)
    return node


class Program:
    """Calls that are sent together. A call returns what stands for its result in later ones.

    Args:
        how: "plain" computes without WebAssembly's vectors.
    """

    def __init__(self, how: str = ""):
        self.calls, self.how = [], how

    def __getattr__(self, name):
        def call(*arguments):
            self.calls.append([name, *map(_encode, arguments)])
            return {"$": len(self.calls) - 1}

        return call

    def give(self, tensor: torch.Tensor) -> dict:
        """Hand a tensor over, with its dtype and its wish for a gradient."""
        values = tensor.detach().flatten().tolist()
        dtype = str(tensor.dtype).removeprefix("torch.")
        made = self.tensor([float(v) for v in values], list(tensor.shape), dtype)
        return self.requires_grad_(made) if tensor.requires_grad else made

    def run(self, *wanted: dict) -> list:
        """Raise an EngineError, or return what each call gave, or each wanted one: as torch's."""
        node = start(self.how)
        places = [each["$"] for each in wanted] or list(range(len(self.calls)))
        node.stdin.write(json.dumps({"calls": self.calls, "wanted": places}) + "\n")
        node.stdin.flush()
        answer = json.loads(node.stdout.readline())
        if "error" in answer:
            raise EngineError(answer["error"])
        return [_decode(result) for result in answer["results"]]


def _encode(argument):
    if isinstance(argument, float) and not math.isfinite(argument):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(argument, "NaN")
    if isinstance(argument, (list, tuple)):
        return [_encode(each) for each in argument]
    return argument


def _decode(result):
    if isinstance(result, list):
        return [_decode(each) for each in result]
    if not isinstance(result, dict):
        return result
    values = torch.tensor([float(v) for v in result["values"]], dtype=torch.float64)
    dtype = getattr(torch, result["dtype"])
    tensor = values.to(dtype).view(result["shape"])
    tensor.node = result["node"]
    return tensor

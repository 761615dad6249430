"""The names that code in a sentence may use: of the chapters' code, of torch and of Python."""

import builtins
import inspect
import keyword
import re
from functools import cache

import torch
import torch.nn as nn
import torch.nn.functional as F

from book.course import ROOT, list_slugs
from book.notebooks.sources import read_source
from tests.chapters import read_output

NAME = re.compile(r"[A-Za-z_]\w*")
LIVES = (
    torch, nn, F, torch.Tensor, nn.Module, nn.Conv2d, nn.init, nn.utils, torch.optim, torch.cuda,
    torch.optim.SGD, torch.distributed, torch.utils.data, torch.autograd, torch.autograd.Function,
    torch.Generator, torch.amp, torch.backends.cudnn, torch.linalg, torch.func, torch.version,
    torch.optim.lr_scheduler, torch.nn.parallel, torch.utils, str, list, dict, tuple, float,
    builtins,
)  # fmt: skip


@cache
def list_known() -> frozenset[str]:
    """List the names that exist: in code and outputs of chapters, in the package, in torch."""
    known = {*keyword.kwlist, *(name for life in LIVES for name in dir(life))}
    for life in (torch, nn, F, torch.optim, torch.utils.data):
        for thing in vars(life).values():
            try:
                known.update(inspect.signature(thing).parameters)
            except (TypeError, ValueError):
                continue
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("lenet_course/**/*.py")]
    for slug in list_slugs():
        for cell in read_source(slug):
            if cell["kind"] == "code":
                texts.append(cell["text"])
                texts.append(read_output(slug, cell["id"]))
    return frozenset(known.union(*(NAME.findall(text) for text in texts)))


def find_code(text: str) -> list[str]:
    """Find the code spans of a sentence; a listing is no sentence."""
    shown = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", shown) + re.findall(r"<code>(.*?)</code>", shown)


def find_unknown(code: str, allowed: set[str]) -> list[str]:
    """Find the names in a piece of code that exist nowhere."""
    if code in allowed:
        return []
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|\be[+-]?\d+|--?[a-z][\w-]*", " ", code)
    return [name for name in NAME.findall(bare) if name not in list_known()]

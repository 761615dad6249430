"""The state before a chapter's first cell, in a runtime that ran others (cells.run_alone)."""

import os
import sys

import torch
from _cell import NAMESPACE

NAMES, MODULES, FILES = set(NAMESPACE), set(sys.modules), set(os.listdir("."))


def empty():
    for name in set(NAMESPACE) - NAMES:
        del NAMESPACE[name]
    for name in set(sys.modules) - MODULES:
        if name + ".py" in os.listdir("."):
            del sys.modules[name]
    for name in set(os.listdir(".")) - FILES:
        os.remove(name)
    torch.manual_seed(2**20)  # no chapter's

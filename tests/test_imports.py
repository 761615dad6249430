"""Importing the package leaves the reader's random numbers as they were, whatever is imported."""

import subprocess
import sys

IMPORT_ALL = """
import importlib, pickle, pkgutil, random
import numpy, torch
def read_states():
    states = torch.get_rng_state().numpy(), numpy.random.get_state(), random.getstate()
    return pickle.dumps(states)
names = ["lenet_course"]
for name in names:  # grows: a package's modules are known once it is imported
    before = read_states()
    module = importlib.import_module(name)
    print(name, "leaves" if read_states() == before else "draws")
    if hasattr(module, "__path__"):
        names += [found.name for found in pkgutil.iter_modules(module.__path__, name + ".")]
"""


def test_no_import_draws_from_the_global_random_states():
    command = [sys.executable, "-c", IMPORT_ALL]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found = dict(line.split() for line in result.stdout.splitlines())
    assert {"lenet_course", "lenet_course.checks.define_the_net"} <= set(found)
    assert len(found) > 40
    assert set(found.values()) == {"leaves"}, found

"""Planted faults: a table of patches for each kind, and what runs the tests against each.

Patches rather than a tool, mutmut 3 or cosmic-ray, since these know Python alone, and two in three
of the faults here are in chapters, sentences, notebooks, settings, templates and JavaScript. mutmut
moreover puts a trampoline in place of each function, while this project reads the source of its own
functions (torch.fx, inspect, the chapter's Net held to the package's), so that it would be red
before any fault; and both plant thousands, where a run of the tests takes seconds.
"""

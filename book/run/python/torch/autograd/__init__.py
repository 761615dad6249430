"""Gradients: torch.autograd."""

import _engine
import torch
from torch._call import call, check, missing, named, refuse, to_js, wrap
from torch._tensor import Tensor

_failures = []  # errors of a backward written in Python: they cross the engine as its own


def _list(values):
    return [values] if isinstance(values, Tensor) else list(values)


def _options(**options):
    return _engine.options(*[value for pair in options.items() for value in pair])


def _finish(result):
    if _failures:
        _engine.take_error()
        raise _failures.pop()
    return check(result)


def run_backward(tensor, gradient, retain_graph, create_graph):
    keep = create_graph if retain_graph is None else retain_graph
    how = _options(retainGraph=keep, createGraph=create_graph)
    _finish(_engine.backward(tensor._h, to_js(gradient), how))


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False):
    for tensor in _list(tensors):
        run_backward(tensor, grad_tensors, retain_graph, create_graph)


def _grad(
    outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, allow_unused=None,
    is_grads_batched=False, materialize_grads=False,
):  # fmt: skip
    """The gradients of outputs with respect to inputs; no .grad changes."""
    refuse("grad", is_grads_batched=is_grads_batched, materialize_grads=materialize_grads)
    outputs, inputs = _list(outputs), _list(inputs)
    given = None if grad_outputs is None else _list(grad_outputs)
    keep = create_graph if retain_graph is None else retain_graph
    how = _options(retainGraph=keep, createGraph=create_graph, allowUnused=bool(allow_unused))
    found = _finish(_engine.grad(to_js(outputs), to_js(inputs), to_js(given), how))
    return tuple([None if handle is None else wrap(handle) for handle in found])


grad = named("grad", _grad)


class Context:
    """What forward leaves for backward."""

    saved_tensors = ()
    needs_input_grad = ()

    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors

    def mark_dirty(self, *tensors):
        pass

    mark_non_differentiable = mark_dirty


class Function:
    """An operation with a backward of its own: `forward` and `backward` are static methods."""

    @classmethod
    def apply(cls, *args):
        context = Context()
        inputs = [value for value in args if isinstance(value, Tensor)]
        context.needs_input_grad = [isinstance(v, Tensor) and v.requires_grad for v in args]
        with torch.no_grad():
            result = cls.forward(context, *args)

        def run(gradient):
            try:
                with torch.no_grad():
                    found = cls.backward(context, wrap(gradient))
                found = found if isinstance(found, tuple) else (found,)
                kept = [g for g, value in zip(found, args) if isinstance(value, Tensor)]
                return to_js(kept)
            except Exception as error:
                _failures.append(error)
                raise

        return wrap(call("custom", cls.__name__ + "Backward", result, inputs, run))


def gradcheck(function, inputs, eps=1e-6, atol=1e-5, rtol=1e-3):
    """Whether backward agrees with finite differences; raises where it does not."""
    inputs = _list(inputs)
    output = function(*inputs)
    numbers = output.numel()
    for place, given in enumerate(inputs):
        rows = [
            grad(output.flatten()[n], given, retain_graph=True)[0].flatten() for n in range(numbers)
        ]
        found = torch.stack(rows, 1)
        for n in range(given.numel()):
            with torch.no_grad():
                shift = torch.zeros(given.numel(), dtype=given.dtype)
                shift[n] = eps
                ends = []
                for sign in (1, -1):
                    moved = list(inputs)
                    moved[place] = given.detach() + sign * shift.view(given.shape)
                    ends.append(function(*moved).flatten())
                measured = (ends[0] - ends[1]) / (2 * eps)
            if not torch.allclose(measured, found[n], rtol, atol):
                raise RuntimeError(
                    f"Jacobian mismatch for output 0 with respect to input {place},\n"
                    f"numerical:{measured}\nanalytical:{found[n]}\n"
                )
    return True


def __getattr__(name):
    if name == "functional":  # imported when named
        __import__("torch.autograd.functional")
        return globals()[name]
    return missing("torch.autograd")(name)

"""Calling a reader's function: on copies, for a limited time, its errors told as hints."""

import ctypes
import inspect
import threading
from contextlib import nullcontext

import torch
from torch.overrides import TorchFunctionMode

from lenet_course.exercises.answers import reject
from lenet_course.exercises.code import is_stub
from lenet_course.exercises.verdict import Hint

LIMIT = 10  # seconds


def call_function(function, *arguments, without=(), limit: float = LIMIT, calls=None):
    """Call a reader's function and return what it returned.

    Tensors are handed over as copies, those in lists too. The call runs in a thread of its own,
    which can be stopped on every system and from every thread, unlike an alarm signal.

    Args:
        without: names of the torch functions that are to be written by hand, such as "conv2d";
            to compare with their result is allowed.
        limit: seconds.
        calls: a Calls that is to take notes.

    Raises:
        Hint: "none" or "type" (not a function), "open" (its body is still `...`), "shortcut" (it
            returns what one of `without` gave), "raised", "slow", "changed" (a tensor that it was
            given), "returned_none", "yields".
    """
    if not callable(function) or isinstance(function, type):
        reject(function, "function")
    given = [_copy(argument) for argument in arguments]
    calls = calls or Calls(without)
    returned, error = run_limited(function, given, limit, calls)
    if without and calls.leads_to(returned):
        raise Hint("shortcut", name=calls.used)
    if error is not None:
        line = (str(error).strip() or "-").splitlines()[0][:200]
        raise Hint("raised", error=f"{type(error).__name__}: {line}")
    if not all(map(_is_same, arguments, given)):
        raise Hint("changed")
    if inspect.isgenerator(returned):
        raise Hint("yields")
    if returned is None or returned is ...:
        raise Hint("open" if is_stub(function) else "returned_none")
    return returned


class Calls(TorchFunctionMode):
    """Watches the torch functions called while it is on, layers' and losses' too.

    Attributes:
        used: the first of the watched functions that was called; None before.
        sent: the losses that backward was called on, in order.
    """

    def __init__(self, watched=()):
        super().__init__()
        self.used, self.sent = None, []
        self._watched, self._has_number_of = set(watched), False
        self._marked = {}  # what came out of a watched function, or was computed from it, by id

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if getattr(function, "__self__", None) is torch.Tensor.grad:  # the attribute
            name = "grad"
        if name == "backward" and args and args[0].numel() == 1:
            self.sent.append(args[0].item())
        result = function(*args, **(kwargs or {}))
        if name in self._watched:
            self.used = self.used or name
            self._mark(result)
            self._has_number_of |= any(map(_is_functional, list_tensors(result)))
        elif self._marked and self.leads_to([args, kwargs]):
            self._mark(args[0] if name == "__setitem__" else result)
            self._has_number_of |= name in ("item", "tolist", "numpy", "__float__", "__array__")
        return result

    def leads_to(self, returned) -> bool:
        """Whether a watched function had a part in what was returned, not in a self-test alone.

        Where a number was taken out of its result, nobody can tell, and it is taken for a part.
        """
        return self._has_number_of or any(id(t) in self._marked for t in list_tensors(returned))

    def _mark(self, result) -> None:
        self._marked.update((id(tensor), tensor) for tensor in list_tensors(result))


def _is_functional(tensor: torch.Tensor) -> bool:
    """Whether torch.func computes with it, and will hand out another tensor in its place."""
    functorch = getattr(getattr(torch, "_C", None), "_functorch", None)  # the page has none
    return bool(functorch) and functorch.is_gradtrackingtensor(tensor)


def list_tensors(value) -> list[torch.Tensor]:
    """List the tensors in lists, tuples and dicts, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in list_tensors(item)]
    return [value] if isinstance(value, torch.Tensor) else []


def run_limited(function, arguments, limit: float, mode=None):
    """Run a function for at most `limit` seconds; return what it returned, and what it raised."""
    found = {}

    def run():
        try:
            with torch.enable_grad(), mode or nullcontext():  # a thread has modes of its own
                found["returned"] = function(*arguments)
        except BaseException as error:
            found["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit)
    if thread.is_alive():
        stop = ctypes.py_object(SystemExit)  # which `except Exception` does not catch
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)
        raise Hint("slow", limit=limit)
    return found.get("returned"), found.get("error")


def _copy(argument):
    if isinstance(argument, list):
        return [_copy(item) for item in argument]
    return argument.clone() if isinstance(argument, torch.Tensor) else argument


def _is_same(before, after) -> bool:
    """Whether tensors and lists, of tensors or numbers, are what they were."""
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_is_same, before, after))
    if not isinstance(before, torch.Tensor):
        return not isinstance(before, (int, float)) or before == after
    same = before.shape == after.shape and before.dtype == after.dtype
    return same and (torch.equal(before, after) or _is_same_but_for_nan(before, after))


def _is_same_but_for_nan(before: torch.Tensor, after: torch.Tensor) -> bool:
    nan = before.isnan()
    return torch.equal(nan, after.isnan()) and torch.equal(before[~nan], after[~nan])

"""Whether two tensors agree: torch.testing.assert_close."""

import torch
from _dicts import make_class

TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
}


class _NotClose(AssertionError):
    """Its words are made when they are read: the checkers compare much, and read none of them."""

    def __str__(self):
        actual, expected, rtol, atol = self.args
        gap = (actual - expected).abs()
        far = gap > atol + rtol * expected.abs()
        kind = "Tensor-likes" if actual.ndim else "Scalars"
        return (
            f"{kind} are not close!\n\nMismatched elements: {far.sum().item()} / {actual.numel()} "
            f"({100 * far.double().mean().item():.1f}%)\n"
            f"Greatest absolute difference: {gap.max().item()} (up to {atol} allowed)\n"
            f"Greatest relative difference: {(gap / expected.abs()).max().item()} "
            f"(up to {rtol} allowed)"
        )


NotClose = make_class("AssertionError", _NotClose)


def assert_close(actual, expected, rtol=None, atol=None, equal_nan=False, check_dtype=True):
    if isinstance(actual, (list, tuple)):
        for pair in zip(actual, expected, strict=True):
            assert_close(*pair, rtol, atol, equal_nan, check_dtype)
        return
    actual, expected = (torch.as_tensor(each) for each in (actual, expected))
    if actual.shape != expected.shape:
        raise AssertionError(
            f"The values for attribute 'shape' do not match: {actual.shape} != {expected.shape}."
        )
    if check_dtype and actual.dtype is not expected.dtype:
        raise AssertionError(
            f"The values for attribute 'dtype' do not match: {actual.dtype} != {expected.dtype}."
        )
    if rtol is None or atol is None:
        usual = [TOLERANCES.get(str(each.dtype)[6:], (0.0, 0.0)) for each in (actual, expected)]
        rtol = max(pair[0] for pair in usual) if rtol is None else rtol
        atol = max(pair[1] for pair in usual) if atol is None else atol
    actual, expected = (each.detach().double() for each in (actual, expected))
    if not torch.allclose(actual, expected, rtol, atol, equal_nan):
        raise NotClose(actual, expected, rtol, atol)

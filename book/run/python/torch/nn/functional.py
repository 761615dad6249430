"""Functions of layers: torch.nn.functional."""

import torch
from torch._call import NOWHERE, call, make, missing, named, refuse, require_tensor, wrap
from torch._tensor import FUNCTIONS

sigmoid, tanh = FUNCTIONS["sigmoid"], FUNCTIONS["tanh"]


__getattr__ = missing("torch.nn.functional")


def _pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def _function(run):
    return named(run.__name__, run)


def relu(input, inplace=False):
    return FUNCTIONS["relu_" if inplace else "relu"](input)


@_function
def linear(input, weight, bias=None):
    return make("linear", input, weight, bias)


@_function
def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if padding == "same":
        refuse("padding='same'", kernels_of_even_size=any(n % 2 == 0 for n in weight.shape[2:]))
        padding = [(size - 1) // 2 for size in weight.shape[2:]]
    padding = 0 if padding == "valid" else padding
    how = _pair(stride), _pair(padding), _pair(dilation), groups
    return make("conv2d", input, weight, bias, *how)


@_function
def conv_transpose2d(input, weight, bias=None, stride=1, padding=0):
    return make("conv_transpose2d", input, weight, bias, _pair(stride), _pair(padding))


@_function
def max_pool2d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    refuse("max_pool2d", dilation=dilation not in (1, (1, 1)), ceil_mode=ceil_mode)
    stride = kernel_size if stride is None else stride
    name = "max_pool2d_with_indices" if return_indices else "max_pool2d"
    found = call(name, input, _pair(kernel_size), _pair(stride), _pair(padding))
    return tuple([wrap(each) for each in found]) if return_indices else wrap(found)


@_function
def avg_pool2d(input, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    return make("avg_pool2d", input, _pair(kernel_size), _pair(stride), _pair(padding))


@_function
def adaptive_max_pool2d(input, output_size):
    for dim, count in zip((-2, -1), _pair(output_size)):
        side = input.shape[dim]
        windows = [(n * side // count, -(-(n + 1) * side // count)) for n in range(count)]
        parts = [input.narrow(dim, a, b - a).amax(dim, True) for a, b in windows]
        input = torch.cat(parts, dim)
    return input


@_function
def max_pool1d(input, kernel_size, stride=None):
    stride = kernel_size if stride is None else stride
    return max_pool2d(input.unsqueeze(-2), (1, kernel_size), (1, stride)).squeeze(-2)


@_function
def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    refuse("F.unfold", dilation=dilation != 1, padding=padding != 0)
    (rows, columns), (down, across) = _pair(kernel_size), _pair(stride)
    windows = input.unfold(2, rows, down).unfold(3, columns, across)
    count, channels, high, wide = windows.shape[:4]
    return windows.permute(0, 1, 4, 5, 2, 3).reshape(count, channels * rows * columns, high * wide)


@_function
def softmax(input, dim=None):
    return input.softmax(-1 if dim is None else dim)


@_function
def log_softmax(input, dim=None):
    return input.log_softmax(-1 if dim is None else dim)


@_function
def cross_entropy(
    input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
    refuse("cross_entropy", weight=weight is not None, label_smoothing=label_smoothing)
    require_tensor("cross_entropy_loss", input)
    require_tensor("cross_entropy_loss", target, "target", 2)
    return make("cross_entropy", input, target, reduction, ignore_index)


@_function
def nll_loss(input, target, reduction="mean"):
    require_tensor("nll_loss_nd", target, "target", 2)
    return make("nll_loss", input, target, reduction)


@_function
def mse_loss(input, target, reduction="mean"):
    return make("mse_loss", input, target, reduction)


@_function
def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5
):
    if training and input.numel() == input.shape[1]:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {input.shape}"
        )
    if running_mean is not None and running_mean.numel() != input.shape[1]:
        sizes = f"{input.shape[1]} elements not {running_mean.numel()}"
        raise RuntimeError(f"running_mean should contain {sizes}")
    kept = running_mean, running_var
    return make("batch_norm", input, *kept, weight, bias, training, momentum, eps)


@_function
def one_hot(tensor, num_classes=-1):
    return make("one_hot", tensor, num_classes)


@_function
def pad(input, pad, mode="constant", value=0):
    if mode != "constant":
        raise NotImplementedError(NOWHERE.format(f"padding mode '{mode}'"))
    return make("pad", input, list(pad), value)


@_function
def interpolate(
    input, size=None, scale_factor=None, mode="nearest", align_corners=None, antialias=False
):
    refuse("interpolate", align_corners=align_corners)
    if size is None:
        size = [int(side * scale_factor) for side in input.shape[2:]]
    return make("interpolate", input, _pair(size), mode, antialias)


@_function
def affine_grid(theta, size, align_corners=None):
    refuse("affine_grid", align_corners=align_corners)
    return make("affine_grid", theta, list(size))


@_function
def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    modes = mode != "bilinear", padding_mode != "zeros"
    refuse("grid_sample", mode=modes[0], padding_mode=modes[1], align_corners=align_corners)
    return make("grid_sample", input, grid)

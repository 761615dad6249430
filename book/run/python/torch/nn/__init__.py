"""Layers and losses: torch.nn."""

import math

import torch
from _dicts import make_class
from torch._call import NOWHERE, missing
from torch.nn import functional
from torch.nn import init, parallel, parameter, utils
from torch.nn.module import Module
from torch.nn.parameter import Parameter

F = functional


class _Weighted(Module):
    def _require(self, *settings):
        """Raise CPython's words for settings, (name, value), that were left out."""
        missing = [repr(name) for name, value in settings if value is None]
        if missing:
            many, names = "s" * (len(missing) > 1), " and ".join(missing)
            raise TypeError(
                f"{type(self).__name__}.__init__() missing {len(missing)} required positional "
                f"argument{many}: {names}"
            )

    def _draw(self, shape, bias):
        self.weight = Parameter(torch.empty(*shape))
        if bias:
            self.bias = Parameter(torch.empty(shape[0]))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.weight[0].numel())
            init.uniform_(self.bias, -bound, bound)


class Linear(_Weighted):
    def __init__(self, in_features=None, out_features=None, bias=True):
        super().__init__()
        self._require(("in_features", in_features), ("out_features", out_features))
        self.in_features, self.out_features = in_features, out_features
        self._draw((out_features, in_features), bias)

    def forward(self, input):
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self):
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Conv2d(_Weighted):
    def __init__(
        self, in_channels=None, out_channels=None, kernel_size=None, stride=1, padding=0,
        dilation=1, groups=1, bias=True, padding_mode="zeros",
    ):  # fmt: skip
        super().__init__()
        given = ("in_channels", in_channels), ("out_channels", out_channels)
        self._require(*given, ("kernel_size", kernel_size))
        if padding_mode != "zeros":
            raise NotImplementedError(NOWHERE.format(f"padding_mode '{padding_mode}'"))
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = map(_pair, (kernel_size, stride, dilation))
        self.padding = padding if isinstance(padding, str) else _pair(padding)
        self._draw((out_channels, in_channels // groups, *self.kernel_size), bias)

    def forward(self, input):
        how = self.stride, self.padding, self.dilation, self.groups
        return F.conv2d(input, self.weight, self.bias, *how)

    def extra_repr(self):
        parts = [f"{self.in_channels}, {self.out_channels}"]
        parts += [f"kernel_size={self.kernel_size}, stride={self.stride}"]
        for name, usual in (("padding", (0, 0)), ("dilation", (1, 1)), ("groups", 1)):
            if getattr(self, name) != usual:
                parts.append(f"{name}={getattr(self, name)}")
        return ", ".join(parts if self.bias is not None else parts + ["bias=False"])


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


class _BatchNorm(Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine = affine
        self.weight = Parameter(torch.ones(num_features)) if affine else None
        self.bias = Parameter(torch.zeros(num_features)) if affine else None
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, input):
        if input.ndim not in self.dims:
            wanted = " or ".join([f"{count}D" for count in self.dims])
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input)")
        if self.training:
            self.num_batches_tracked.add_(1)
        kept = self.running_mean, self.running_var
        how = self.training, self.momentum, self.eps
        return F.batch_norm(input, *kept, self.weight, self.bias, *how)

    def extra_repr(self):
        names = ", ".join(
            [f"{name}={getattr(self, name)}" for name in ("eps", "momentum", "affine")]
        )
        return f"{self.num_features}, {names}, track_running_stats=True"


class BatchNorm1d(_BatchNorm):
    dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    dims = (4,)


class _Simple(Module):
    """A layer that is one function; `names` are its settings, and `shown` those that print."""

    names, defaults, shown = (), (), ()

    def __init__(self, *args, **settings):
        super().__init__()
        values = list(args) + list(self.defaults[len(args) :])
        for name, value in zip(self.names, values):
            setattr(self, name, settings.pop(name, value))
        if settings:
            words = f"__init__() got an unexpected keyword argument '{list(settings)[0]}'"
            raise TypeError(f"{type(self).__name__}.{words}")

    def forward(self, *inputs):
        settings = {name: getattr(self, name) for name in self.names}
        return self.function(*inputs, **settings)

    def extra_repr(self):
        return ", ".join([f"{name}={getattr(self, name)}" for name in self.shown])


def _simple(name, run, names=(), defaults=(), shown=()):
    how = {"names": names, "defaults": defaults, "shown": shown, "function": staticmethod(run)}
    return make_class(name, _Simple, **how)


class ReLU(_Simple):
    names, defaults = ("inplace",), (False,)

    def forward(self, input):
        return F.relu(input, self.inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


Sigmoid, Tanh = _simple("Sigmoid", F.sigmoid), _simple("Tanh", F.tanh)
Softmax = _simple("Softmax", F.softmax, ("dim",), (None,), ("dim",))
Flatten = _simple(
    "Flatten", torch.flatten, ("start_dim", "end_dim"), (1, -1), ("start_dim", "end_dim")
)
MSELoss = _simple("MSELoss", F.mse_loss, ("reduction",), ("mean",))
CrossEntropyLoss = _simple(
    "CrossEntropyLoss", F.cross_entropy, ("weight", "ignore_index", "reduction", "label_smoothing"),
    (None, -100, "mean", 0.0),
)  # fmt: skip


class Dropout(_Simple):
    """Does nothing in eval mode; in train mode the engine would draw other zeros than torch."""

    names, defaults = ("p", "inplace"), (0.5, False)

    def forward(self, input):
        if self.training:
            raise NotImplementedError(NOWHERE.format("Dropout in train mode"))
        return input

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"


class MaxPool2d(_Simple):
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    defaults = (None, None, 0, 1, False)
    function = staticmethod(F.max_pool2d)

    def extra_repr(self):
        stride = self.kernel_size if self.stride is None else self.stride
        return (
            f"kernel_size={self.kernel_size}, stride={stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class _Listed(Module):
    def __init__(self, *modules):
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], dict):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            for number, module in enumerate(modules):
                self.add_module(str(number), module)

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(list(self._modules.values()))

    def __getitem__(self, place):
        if isinstance(place, int):
            return list(self._modules.values())[place]
        return type(self)(dict(list(self._modules.items())[place]))

    def __setitem__(self, place, module):
        setattr(self, list(self._modules)[place], module)

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self


class Sequential(_Listed):
    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input


class ModuleDict(_Listed):
    def __getitem__(self, name):
        return self._modules[name]

    def __setitem__(self, name, module):
        self.add_module(name, module)

    def __iter__(self):
        return iter(self._modules)


__getattr__ = missing("torch.nn")

"""The operations that are methods of a tensor, and functions of torch as well: a row each.

A row: its name in the engine and in torch, and its parameters behind the tensor. `*sizes` takes
them one by one or as a list; `other!` takes a number or a tensor; `dim=1` has a default. "->" ends
a row whose result is a list of tensors, or a pair under these names.
"""

import _engine
from torch._call import (
    MODES, ROWS, Operation, ask_mode, check, make_pair, refuse, require_tensor, to_js, to_operand,
    wrap,
)  # fmt: skip

POINTWISE = (
    "abs neg exp log sqrt square reciprocal sin cos tanh sigmoid relu floor "
    "ceil round sign isnan isinf isfinite logical_not bitwise_not "
    "nonzero detach zero_ abs_ neg_ exp_ log_ sqrt_ relu_ floor_ ceil_ round_ sigmoid_ tanh_ t "
    "diag unique is_contiguous"
)


BINARY = (
    "mul div floor_divide remainder pow maximum minimum eq ne lt le gt ge logical_and logical_or "
    "logical_xor bitwise_and bitwise_or bitwise_xor mul_ div_ pow_ bitwise_and_ bitwise_or_ fill_"
)


TABLE = """
add other! alpha
sub other! alpha
add_ other! alpha
sub_ other! alpha
rsub other!
lerp end weight!
lerp_ end weight!
addcmul_ tensor1 tensor2 value=1
addcdiv_ tensor1 tensor2 value=1
copy_ src
clamp min max
clamp_ min max
masked_fill mask value!
masked_fill_ mask value!
sum *dim keepdim=False dtype
mean dim keepdim=False dtype
prod dim keepdim=False
amax *dim keepdim=False
amin *dim keepdim=False
argmax dim keepdim=False
argmin dim keepdim=False
all dim keepdim=False
any dim keepdim=False
std dim correction=1 keepdim=False
variance=var dim correction=1 keepdim=False
norm p=2 dim keepdim=False
logsumexp dim keepdim=False
cumsum dim
sort dim=-1 descending=False -> values indices
argsort dim=-1 descending=False
topk k dim=-1 largest=True -> values indices
bincount weights minlength=0
allclose other rtol=1e-5 atol=1e-8 equal_nan=False
equal other
softmax dim
log_softmax dim
view *shape
reshape *shape
flatten start_dim=0 end_dim=-1
unsqueeze dim
squeeze dim
transpose dim0 dim1
permute *dims
expand *sizes
select dim index
narrow dim start length
unbind dim=0 ->
split split_size dim=0 ->
chunk chunks dim=0 ->
tensor_split sections dim=0 ->
diagonal offset=0
unfold dimension size step
repeat *sizes
repeat_interleave repeats dim
flip *dims
roll shifts dims
gather dim index
scatter_ dim index src!
matmul other!
mm mat2
mv vec
dot other
uniform_ from=0 to=1 generator
normal_ mean=0 std=1 generator
isin elements
"""


def list_rows():
    binary = [f"{name} other!" for name in BINARY.split()]
    return POINTWISE.split() + binary + [row for row in TABLE.split("\n") if row]


NUMBERS = (int, float, bool)
LISTED = (*ROWS, type(None))  # what stands for all of *sizes
ALIASES = {"axis": "dim", "keepdims": "keepdim"}
ALWAYS = {"sort": "stable", "argsort": "stable", "topk": "sorted"}  # asked for or not
NUMBERS_FIRST = (
    "add sub mul div floor_divide remainder pow bitwise_and bitwise_or bitwise_xor".split()
)
SIGNS = {
    "add": "+",
    "sub": "-",
    "rsub": "-",
    "mul": "*",
    "div": "/",
    "matmul": "@",
    "pow": "** or pow()",
}


def refuse_operand(name, value):
    """What torch says to an operand that is neither a number nor a tensor."""
    if name in ("eq", "ne"):
        return name == "ne"
    kind, sign = type(value).__name__, SIGNS.get(name, name)
    raise TypeError(f"unsupported operand type(s) for {sign}: 'Tensor' and '{kind}'")


def to_input(name, args):
    """What an operation works on, where it is no tensor: some take a number."""
    if not args:
        raise TypeError(f'{name}() missing 1 required positional arguments: "input"')
    if name not in NUMBERS_FIRST or type(args[0]) not in NUMBERS:
        require_tensor(name, args[0])
    return to_operand(args[0])


def read_row(row):
    """Make the operation that a row names: (name, function)."""
    head, arrow, ending = row.partition(" ->")
    name, *parameters = head.split()
    engine_name, _, name = name.rpartition("=")
    function = getattr(_engine, engine_name or name, None)
    if function is None:
        raise ImportError(f"the engine exports no {engine_name or name}")
    rest = None  # the place of *sizes
    names, defaults, operands = [], [], set()
    for place, parameter in enumerate(parameters):
        word, has_default, default = parameter.partition("=")
        if word[0] == "*":
            rest = place
        if word[-1] == "!":
            operands.add(place)
        names.append(word.strip("*!"))
        defaults.append(eval(default) if has_default else None)
    in_place = name[-1] == "_" and name[-2] != "_"
    many = ending.split()

    def operation(*args, **kwargs):
        if MODES:
            return ask_mode(record, args, kwargs)
        given = list(args[1:])
        if rest is not None and rest < len(given) and not isinstance(given[rest], LISTED):
            end = len(given) - (type(given[-1]) is bool)  # which is keepdim
            given[rest:end] = [given[rest:end]]
        if kwargs or len(given) < len(names):
            given += defaults[len(given) :]
            for key, value in kwargs.items():
                own = ALIASES.get(key, key)
                if own in names:
                    given[names.index(own)] = value
                elif key == "input":
                    return operation(kwargs.pop(key), *args, **kwargs)
                elif ALWAYS.get(name) != key:
                    refuse(name, dtype=key == "dtype", out=key == "out")
                    raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
        elif len(given) > len(names):
            raise TypeError(f"{name}() takes {len(names) + 1} arguments but {len(args)} were given")
        handles = [args[0]._h if args and hasattr(args[0], "_h") else to_input(name, args)]
        for place, value in enumerate(given):
            if place in operands and type(value) not in NUMBERS and not hasattr(value, "_h"):
                return refuse_operand(name, value)
            handles.append(to_operand(value) if place in operands else to_js(value))
        while handles and handles[-1] is None:
            handles.pop()
        result = function(*handles)
        if result is None:
            check(result)
        if in_place:
            return args[0]
        if arrow:
            found = [wrap(handle) for handle in result]
            return make_pair(name, many, found) if many else tuple(found)
        return result if type(result) is bool else wrap(result)

    record = Operation(name, operation)
    return name, operation

"""Watching a network's steps: what lenet_course.features asks of torch.fx."""

from torch.overrides import TorchFunctionMode


class Node:
    def __init__(self, op, target, value):
        self.op, self.target, self.value = op, target, value


class Tracer:
    def trace(self, net):
        return None  # the steps are seen as they run


class Interpreter(TorchFunctionMode):
    """Runs a network; `run_node(node)` is called for its input, each layer and each function."""

    def __init__(self, net, graph=None):
        self.net = net

    def run_node(self, node):
        return node.value

    def run(self, *inputs):
        for value in inputs:
            self.run_node(Node("placeholder", "input", value))
        self._inside = False
        hooks = []
        for name, layer in self.net.named_modules():
            if name and not layer._modules:
                hooks.append(layer.register_forward_pre_hook(self._enter))
                hooks.append(layer.register_forward_hook(self._leave(name)))
        try:
            with self:
                return self.net.forward(*inputs)
        finally:
            for hook in hooks:
                hook.remove()

    def _enter(self, layer, inputs):
        self._inside = True

    def _leave(self, name):
        def leave(layer, inputs, result):
            self._inside = False
            self.run_node(Node("call_module", name, result))

        return leave

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if not self._inside:
            self.run_node(Node("call_function", function, result))
        return result

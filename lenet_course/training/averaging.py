"""The moving average of a network's weights, which reads better than the weights of any one step.

optimizer = Muon(net.parameters(), lr=0.02)
track_average(optimizer, 0.99)
train(net, digits, epochs=14, optimizer=optimizer)
load_average(optimizer)  # net itself now holds the average
"""

import torch

from lenet_course.training.arguments import validate_settings


def track_average(optimizer: torch.optim.Optimizer, decay: float) -> None:
    """From now on keep each parameter's average in the optimizer's state, so in checkpoints too.

    Args:
        optimizer: whose steps are averaged; the average begins with the weights as they are.
        decay: from 0 to below 1, how much of the average every step keeps; 0.999, say.

    Raises:
        ValueError: another decay.
    """
    (decay,) = validate_settings(average=decay)
    starts = [parameter.detach().clone() for parameter in _list_parameters(optimizer)]

    @torch.no_grad()
    def update(optimizer, *_) -> None:
        parameters = _list_parameters(optimizer)
        states = [optimizer.state[parameter] for parameter in parameters]
        if "average" not in states[0]:  # not before a step: some optimizers want their state empty
            for state, parameter, start in zip(states, parameters, starts, strict=True):
                state["average"] = torch.empty_like(parameter).copy_(start)
        torch._foreach_lerp_([state["average"] for state in states], parameters, 1 - decay)

    for group in optimizer.param_groups:
        group["average"] = decay  # beside its other settings, which a resumed run compares
    optimizer.register_step_post_hook(update)


@torch.no_grad()
def load_average(optimizer: torch.optim.Optimizer) -> None:
    """Give every parameter its average; one that took no step stays."""
    for parameter in _list_parameters(optimizer):
        parameter.copy_(optimizer.state[parameter].get("average", parameter))


def _list_parameters(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]

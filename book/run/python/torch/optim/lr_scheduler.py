"""Learning rates that change from step to step."""

from torch._call import NOWHERE


def __getattr__(name):
    words = NOWHERE.format(f"torch.optim.lr_scheduler.{name}")
    raise AttributeError(f"module 'torch.optim.lr_scheduler' has no attribute '{name}': {words}")


class LRScheduler:
    def __init__(self, optimizer):
        self.optimizer, self.last_epoch = optimizer, -1
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.step()

    def step(self):
        self.last_epoch += 1
        for place, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self.base_lrs[place] * self.find_share(place)

    def get_last_lr(self):
        return [group["lr"] for group in self.optimizer.param_groups]


class LambdaLR(LRScheduler):
    """The first rate times what a function makes of the number of steps."""

    def __init__(self, optimizer, lr_lambda):
        many = isinstance(lr_lambda, (list, tuple))
        self.lr_lambdas = list(lr_lambda) if many else [lr_lambda] * len(optimizer.param_groups)
        super().__init__(optimizer)

    def find_share(self, place):
        return self.lr_lambdas[place](self.last_epoch)


class StepLR(LRScheduler):
    """The rate times gamma, every step_size steps."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def find_share(self, place):
        return self.gamma ** (self.last_epoch // self.step_size)

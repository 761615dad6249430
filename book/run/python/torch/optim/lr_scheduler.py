"""Learning rates that change from step to step."""

from torch._call import missing


class LambdaLR:
    """The first rate times what a function makes of the number of steps."""

    def __init__(self, optimizer, lr_lambda):
        self.optimizer, self.lr_lambda, self.last_epoch = optimizer, lr_lambda, -1
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.step()

    def step(self):
        self.last_epoch += 1
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"] * self.lr_lambda(self.last_epoch)


__getattr__ = missing("torch.optim.lr_scheduler")

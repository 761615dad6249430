"""There is no GPU here."""

from torch._call import NOWHERE


def __getattr__(name):
    raise AttributeError(
        f"module 'torch.cuda' has no attribute '{name}': " + NOWHERE.format(f"torch.cuda.{name}")
    )


def is_available():
    return False


def synchronize(device=None):
    raise AssertionError("Torch not compiled with CUDA enabled")

"""There is no GPU here."""

from torch._call import missing


__getattr__ = missing("torch.cuda")


def is_available():
    return False


def synchronize(device=None):
    raise AssertionError("Torch not compiled with CUDA enabled")

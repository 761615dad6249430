"""The errors of pickle; torch/serialization.py reads what torch.save writes."""


class PickleError(Exception):
    pass


class PicklingError(PickleError):
    pass


class UnpicklingError(PickleError):
    pass

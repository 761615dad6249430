"""One process."""

from torch._call import NOWHERE


def is_available():
    return False


def is_initialized():
    return False


def init_process_group(*_, **__):
    raise RuntimeError(NOWHERE.format("second process"))


get_rank = get_world_size = all_reduce = destroy_process_group = init_process_group

"""Data sets, and mini-batches of them."""

import torch
from torch._call import missing, refuse


class Dataset:
    pass


def default_collate(samples):
    first = samples[0]
    if isinstance(first, torch.Tensor):
        return torch.stack(samples)
    if isinstance(first, tuple):
        return [default_collate(list(each)) for each in zip(*samples)]
    return torch.tensor(samples)


def _draw(generator):
    """The lower half of 64 random bits: all that a seed keeps of them."""
    return int(torch.randint(2**32, (2,), generator=generator)[1])


class DataLoader:
    def __init__(
        self, dataset, batch_size=1, shuffle=False, sampler=None, *, num_workers=0,
        collate_fn=None, pin_memory=False, drop_last=False, generator=None,
    ):  # fmt: skip
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.drop_last, self.generator, self.sampler = drop_last, generator, sampler
        self.collate_fn = collate_fn or default_collate

    def __len__(self):
        count = len(self.dataset if self.sampler is None else self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self):
        """Draws from the generator what torch draws, also what only workers use."""
        count, generator = len(self.dataset), self.generator
        _draw(generator)
        order = list(range(count) if self.sampler is None else self.sampler)
        if self.shuffle:
            if generator is None:
                generator = torch.Generator().manual_seed(_draw(None))
            order = torch.randperm(count, generator=generator).tolist()
        size = self.batch_size
        for start in range(0, len(order) - (size - 1) * self.drop_last, size):
            places = order[start : start + size]
            yield self.collate_fn([self.dataset[place] for place in places])
        if self.shuffle:
            torch.randperm(count, generator=generator)  # torch begins anew, for none of it


class TensorDataset(Dataset):
    def __init__(self, *tensors):
        if any(len(each) != len(tensors[0]) for each in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, place):
        return tuple([each[place] for each in self.tensors])

    def __len__(self):
        return len(self.tensors[0])


class DistributedSampler:
    """Deals out a data set's places to processes, in an order that the epoch decides."""

    def __init__(self, dataset, num_replicas, rank, shuffle=True, seed=0, drop_last=False):
        refuse("DistributedSampler", drop_last=drop_last)
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.epoch = shuffle, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return -(-len(self.dataset) // self.num_replicas)

    def __iter__(self):
        count = len(self.dataset)
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        places = list(range(count))
        if self.shuffle:
            places = torch.randperm(count, generator=generator).tolist()
        places += places[: len(self) * self.num_replicas - count]
        return iter([places[n] for n in range(self.rank, len(places), self.num_replicas)])


__getattr__ = missing("torch.utils.data")

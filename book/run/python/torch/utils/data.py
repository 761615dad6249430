"""Data sets, and mini-batches of them."""

import torch
from torch._call import refuse


class Dataset:
    pass


def default_collate(samples):
    first = samples[0]
    if isinstance(first, torch.Tensor):
        return torch.stack(samples)
    if isinstance(first, tuple):
        return [default_collate(list(each)) for each in zip(*samples)]
    return torch.tensor(samples)


class DataLoader:
    def __init__(
        self, dataset, batch_size=1, shuffle=False, drop_last=False, generator=None,
        collate_fn=None, sampler=None, num_workers=0,
    ):  # fmt: skip
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.drop_last, self.generator, self.sampler = drop_last, generator, sampler
        self.collate_fn = collate_fn or default_collate

    def __len__(self):
        count = len(self.dataset)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self):
        generator = self.generator
        if self.shuffle and generator is None:
            seed = int(torch.randint(2**31, (1,)).item())
            generator = torch.Generator().manual_seed(seed)
        order = list(range(len(self.dataset)) if self.sampler is None else self.sampler)
        if self.shuffle:
            order = torch.randperm(len(self.dataset), generator=generator).tolist()
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            places = order[start : start + self.batch_size]
            yield self.collate_fn([self.dataset[place] for place in places])


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

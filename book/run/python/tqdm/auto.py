"""A progress bar that shows nothing."""

from contextlib import nullcontext


class tqdm(nullcontext):
    def __init__(self, *_, **__):
        super().__init__(self)

    def update(self, steps=1):
        pass

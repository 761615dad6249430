"""The recipes behind the rows of `make bench`, all on standardised pixels.

Chosen on training digits that were kept aside, never on the test digits: 10,000 of the 60,000, or
for the packaged digits the 50,000 that are not packaged.
"""

from lenet_course.training.recipe import Recipe

FAST = Recipe(
    epochs=1,
    batch_size=128,
    optimizer="muon",
    learning_rate=0.025,
    weight_decay=0.005,
    warm_up=0.1,
    standardise=True,
)
SMALL = Recipe(
    epochs=14,
    batch_size=64,
    optimizer="muon",
    learning_rate=0.02,
    weight_decay=0.02,
    augment="affine",
    average=0.99,
    standardise=True,
)

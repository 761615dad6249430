"""Makes lenet.pt, the weights behind load_trained(): about 20 seconds on two cores.

    python lenet_course/assets/make_weights.py

Trains on the packaged 10,000 digits, each epoch jittered anew (rotation, scale, shear, shift),
with SGD (Nesterov momentum) and a learning rate that climbs and then falls in a straight line.
Every number was chosen without the test digits, whose accuracy is only reported.
"""

from pathlib import Path

import torch
import torch.nn.functional as F

from lenet_course.augmentation import jitter
from lenet_course.digits import load_digits, prepare_images
from lenet_course.model import Net
from lenet_course.training import compute_triangle

SEED = 0
EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 0.03
WARM_UP = 0.2  # the share of the steps in which the learning rate climbs


def main() -> None:
    torch.manual_seed(SEED)
    train, test = load_digits("train"), load_digits("test")
    images, labels = prepare_images(train.images), train.labels
    net = Net()
    optimizer = torch.optim.SGD(
        net.parameters(), lr=LEARNING_RATE, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    steps = EPOCHS * (len(labels) // BATCH_SIZE)

    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: compute_triangle(step, steps, WARM_UP)
    )
    for epoch in range(EPOCHS):
        order = torch.randperm(len(labels))
        jittered = jitter(images, "affine", torch.default_generator)
        for batch in order[: steps // EPOCHS * BATCH_SIZE].split(BATCH_SIZE):
            loss = F.cross_entropy(net(jittered[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1:2d}  loss of the last batch {loss.item():.3f}")

    weights = {name: value.half() for name, value in net.state_dict().items()}
    net.load_state_dict({name: value.float() for name, value in weights.items()})
    with torch.no_grad():
        right = net(prepare_images(test.images)).argmax(1) == test.labels
    accuracy = f"{100 * right.float().mean().item():.2f} %"
    print("accuracy on the packaged test digits:", accuracy)
    recipe = {
        "script": "lenet_course/assets/make_weights.py",
        "data": "the 10,000 packaged training digits, with affine jitter",
        "epochs": EPOCHS,
        "seed": SEED,
        "accuracy on the 2,000 packaged test digits": accuracy,
    }
    torch.save({"weights": weights, "recipe": recipe}, Path(__file__).parent / "lenet.pt")


if __name__ == "__main__":
    main()

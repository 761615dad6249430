"""Chapter 1."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net
from lenet_course.exercises import define_the_net as exercises
from tests.exercises.judging import *  # noqa: F403


def resize(conv2=(6, 20, 5), fc1=(20 * 4 * 4, 100), fc2=(100, 84), **others):
    """A class that inherits from Net, with layers of these sizes."""

    class Resized(Net):
        def __init__(self):
            super().__init__()
            self.conv2, self.fc1, self.fc2 = nn.Conv2d(*conv2), nn.Linear(*fc1), nn.Linear(*fc2)
            for name, layer in others.items():
                setattr(self, name, layer)

    return Resized


class Untouched(Net):
    def __init__(self):
        super().__init__()
        ...


class WithoutSelf(Net):
    def __init__(self):
        super().__init__()
        conv2, fc1, fc2 = nn.Conv2d(6, 20, 5), nn.Linear(320, 100), nn.Linear(100, 84)  # noqa: F841


class WrittenAnew(nn.Module):
    """Without Net, keeping 28×28 through the first convolution."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 9, 5, padding=2), nn.Conv2d(9, 20, 5)
        self.fc1, self.fc2 = nn.Linear(20 * 25, 100), nn.Linear(100, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = nn.MaxPool2d(2)(x)
        x = nn.MaxPool2d(2)(self.conv2(x).relu())
        x = self.fc1(x.reshape(len(x), -1)).relu()
        return self.fc3(self.fc2(x).relu())


class Padded(resize(fc1=(20 * 5 * 5, 100))):
    def forward(self, images):
        return super().forward(F.pad(images, (2, 2, 2, 2)))


class OnePicture(resize()):
    def forward(self, images):
        return super().forward(images)[0]


class SkipsALayer(resize(fc3=nn.Linear(100, 10))):
    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc1(x.flatten(1))))


class Renamed(Net):
    def __init__(self):
        super().__init__()
        self.conv3 = nn.Conv2d(6, 20, 5)


class FewerLayers(Net):
    def __init__(self):
        super().__init__()
        del self.fc2


class WithoutSuper(Net):
    def __init__(self):
        self.conv2 = nn.Conv2d(6, 20, 5)


class Constant(resize()):
    def forward(self, images):
        return torch.zeros(len(images), 10)


CASES = {
    exercises.check_predicted_shape: [
        ("right", (4, 8, 13, 13)),
        ("right", [4, 8, 13, 13]),
        ("right", torch.tensor([4, 8, 13, 13])),
        ("right", F.max_pool2d(torch.zeros(4, 8, 26, 26), 2).shape),
        ("four", (13, 13)),
        ("quarter", (4, 8, 6, 6)),
        ("channels", (4, 32, 13, 13)),
        ("order", (8, 4, 13, 13)),
        ("other", (4, 8, 28, 28)),
        ("other", (4, 8, 13, 26)),
        ("type", 13),
        ("whole", (4, 8, 12.5, 12.5)),
    ],
    exercises.check_broken_layer: [
        ("right", ("fc1", 256)),
        ("right", ["FC1 ", 16 * 4 * 4]),
        ("right", ("self.fc1", torch.tensor(256))),
        ("pair", "fc1"),
        ("pair", ("fc1", 16, 4, 4)),
        ("none", None),
        ("convolution", ("conv1", 784)),
        ("no_numbers", ("max_pool2d", 256)),
        ("outputs", ("fc1", 120)),
        ("step_forgotten", ("fc1", 16 * 6 * 6)),
        ("pair", (256, "fc1")),
        ("right", ("net.fc1", 256)),
        ("text", ("fc1", "256")),
    ],
    exercises.check_resized_net: [
        ("open", Untouched),
        ("open", Untouched()),
        ("loose", WithoutSelf),
        ("loose", WithoutSelf()),
        ("right", resize()),
        ("right", resize()().double()),
        ("right", resize(fc2=(100, 50), fc3=nn.Linear(50, 10))),
        ("right", WrittenAnew),
        ("right", Padded),
        ("names", FewerLayers),
        ("new_name", Renamed),
        ("conv2_maps", resize(conv2=(6, 16, 5))),
        ("conv2_maps", resize(conv2=(20, 6, 5))),
        ("conv2_maps", Net()),
        ("fc1_outputs", resize(fc1=(320, 120), fc2=(120, 84))),
        ("old_inputs", resize(fc1=(400, 100))),
        ("old_side", resize(fc1=(20 * 5 * 5, 100))),
        ("old_maps", resize(fc1=(16 * 4 * 4, 100))),
        ("old_fc2", resize(fc2=(120, 84))),
        ("breaks", resize(fc1=(20 * 7 * 7, 100))),
        ("breaks", resize(conv2=(1, 20, 5))),
        ("breaks", resize(fc2=(100, 80))),
        ("ten", resize(fc3=nn.Linear(84, 5))),
        ("ten", OnePicture),
        ("unused", SkipsALayer),
        ("unused", Constant),
        ("raised", WithoutSuper),
        ("type", resize),
    ],
}  # fmt: skip

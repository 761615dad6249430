"""Distances of an image from the digits that a network was taught, each quick enough for a page."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from lenet_course import compute_feature_maps, load_trained

Maps = dict[str, np.ndarray]  # layer → values of shape (N, count)
Measure = Callable[[Maps], np.ndarray]  # → distances of shape (N,)


def look(images) -> Maps:
    """What the network computes of images of shape (N, 32, 32), with the images halved in size."""
    images = torch.as_tensor(np.asarray(images)).float().view(-1, 1, 32, 32)
    parts = [look_at_some(some) for some in images.split(500)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def look_at_some(images: torch.Tensor) -> Maps:
    maps = compute_feature_maps(load_trained(), images)
    maps["pixels"] = F.avg_pool2d(images[..., 4:28, 4:28], 2)
    names = ("relu3", "relu4", "fc3", "pixels")
    return {name: maps[name].flatten(1).double().numpy() for name in names}


def group(values: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each digit's values, and every value's distance from its digit's."""
    means = np.stack([values[labels == digit].mean(0) for digit in range(10)])
    return means, values - means[labels]


def fit_means(layer: str, whiten: bool = False) -> Callable[[Maps, np.ndarray], Measure]:
    """The distance to the nearest digit's mean; whitened, it is Mahalanobis' distance."""

    def fit(maps: Maps, labels: np.ndarray) -> Measure:
        means, apart = group(maps[layer], labels)
        turn = find_whitening(apart) if whiten else np.eye(apart.shape[1])
        return lambda maps: measure_nearest(maps[layer] @ turn.T, means @ turn.T)

    return fit


def find_whitening(apart: np.ndarray) -> np.ndarray:
    """The lower triangular W for which W @ apart has the identity as its covariance."""
    covariance = apart.T @ apart / len(apart)
    covariance += 1e-3 * covariance.trace() / len(covariance) * np.eye(len(covariance))
    return np.linalg.inv(np.linalg.cholesky(covariance))


def measure_nearest(places: np.ndarray, means: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(places[:, None] - means).sum(2)).min(1)


def fit_planes(layer: str, count: int) -> Callable[[Maps, np.ndarray], Measure]:
    """What is left of an image beside the nearest digit's first principal components."""

    def fit(maps: Maps, labels: np.ndarray) -> Measure:
        means, apart = group(maps[layer], labels)
        planes = [
            np.linalg.svd(apart[labels == digit], full_matrices=False)[2] for digit in range(10)
        ]

        def measure(maps: Maps) -> np.ndarray:
            found = []
            for mean, plane in zip(means, planes, strict=True):
                rest = maps[layer] - mean
                rest = rest - rest @ plane[:count].T @ plane[:count]
                found.append(np.sqrt(np.square(rest).sum(1)))
            return np.min(found, 0)

        return measure

    return fit


def measure_energy(maps: Maps) -> np.ndarray:
    return -np.logaddexp.reduce(maps["fc3"], axis=1)


CANDIDATES = {  # name → fit, numbers that a page would need
    "largest probability": (lambda *_: lambda m: -np.exp(m["fc3"].max(1) + measure_energy(m)), 0),
    "largest logit": (lambda *_: lambda m: -m["fc3"].max(1), 0),
    "energy: logsumexp of the logits": (lambda *_: measure_energy, 0),
    "nearest mean of fc3": (fit_means("fc3"), 100),
    "nearest mean of fc3, Mahalanobis": (fit_means("fc3", whiten=True), 155),
    "nearest mean of relu4": (fit_means("relu4"), 840),
    "nearest mean of relu4, Mahalanobis": (fit_means("relu4", whiten=True), 840 + 84 * 85 // 2),
    "nearest mean of relu3, Mahalanobis": (fit_means("relu3", whiten=True), 1200 + 120 * 121 // 2),
    "nearest mean of 12×12 pixels": (fit_means("pixels"), 1440),
    "8 components a digit of 12×12 pixels": (fit_planes("pixels", 8), 12960),
}

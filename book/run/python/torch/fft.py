"""Discrete Fourier transforms of pictures, by their definition: what watching.py asks for."""

import math

import torch
from torch._call import refuse


class Spectrum:
    """Complex numbers, as two tensors."""

    def __init__(self, real, imag):
        self.real, self.imag = real, imag

    def __getitem__(self, items):
        return Spectrum(self.real[items], self.imag[items])

    def conj(self):
        return Spectrum(self.real, -self.imag)

    def __mul__(self, other):
        real = self.real * other.real - self.imag * other.imag
        return Spectrum(real, self.real * other.imag + self.imag * other.real)


def _make_waves(size):
    """cos and sin of 2π row · column / size."""
    places = torch.arange(size)
    angles = (places[:, None] * places % size).float() * (2 * math.pi / size)
    return angles.cos(), angles.sin()


def rfft2(input):
    """All of the spectrum, where torch.fft.rfft2 leaves out the half that mirrors the other."""
    (c, s), (d, t) = map(_make_waves, input.shape[-2:])
    return Spectrum(c @ input @ d - s @ input @ t, -(c @ input @ t) - s @ input @ d)


def irfft2(input, s=None):
    a, b = input.real, input.imag
    refuse("irfft2", s=s is not None and tuple(s) != tuple(a.shape[-2:]))
    (c, e), (d, t) = map(_make_waves, a.shape[-2:])
    real = c @ (a @ d - b @ t) - e @ (a @ t + b @ d)
    return real / (a.shape[-2] * a.shape[-1])

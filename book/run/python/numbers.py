"""Kinds of numbers, as isinstance takes them."""

Integral = int
Real = (int, float)
Number = Real

"""What the marks of chapter 3 are computed with, and what shows its questions' right choices."""

QUESTIONS = {}  # name → (place of the right choice, from 0; the test that shows it)

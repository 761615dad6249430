"""What the marks of chapter 9 are computed with."""

from tests.sentences.chapter_08 import step_operations as step_operations

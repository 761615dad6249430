"""Small trials whose outcome is a key of WORDS: what a definition says, seen to be so."""


def pick(**truths: bool) -> str:
    """The one key that is true.

    Raises:
        ValueError: none is, or several.
    """
    found = [key for key, truth in truths.items() if truth]
    if len(found) != 1:
        raise ValueError(f"expected one truth, got {found or 'none'} of {list(truths)}")
    return found[0]


def name_sum(result: float) -> str:
    """Which arithmetic made this of 6 and 3."""
    results = {"add": 9, "subtract": 3, "multiply": 18, "divide": 2, "average": 4.5}
    return pick(**{key: abs(float(result) - value) < 1e-4 for key, value in results.items()})

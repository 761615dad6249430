"""What bench/evidence.py has measured of chapters 4, 9 and 13, and where."""

import json
from pathlib import Path

EVIDENCE = Path(__file__).parent / "assets" / "evidence.json"


def load_evidence() -> dict:
    """Load the recorded measurements.

    Returns:
        made: the script, date, versions, seeds, epochs.
        rows: name → parameters, runs, mean, least and most, in percent of the validation digits.
        other_rates: name → learning rate → the same of networks trained at that rate.
        losses: name → rate and the same of networks trained with another loss than cross-entropy.
        loader: how many times longer a DataLoader takes than an index, round by round.
        whole: what chapter 13's network reads, by the digits that it learns from.
    """
    return json.loads(EVIDENCE.read_text(encoding="utf-8"))

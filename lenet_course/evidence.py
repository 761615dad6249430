"""What bench/evidence.py and bench/distil.py have measured of chapters 4, 9 and 13, and where."""

import json
from pathlib import Path

EVIDENCE = Path(__file__).parent / "assets" / "evidence.json"
DISTILLATION = EVIDENCE.with_name("distillation.json")


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


def load_distillation() -> dict:
    """Load what was recorded of chapter 9's network learning from larger ones, on a GPU.

    Returns:
        machine: GPU, versions, date, commit.
        teachers: the accuracy of the larger networks together, on digits kept aside.
        tried: rows of how far views are moved and bent, loss, whether Muon's step is taken, and
            each seed's accuracy (0 to 1) on those digits.
        chosen: the row with the highest mean; accuracies: of its way's networks, on test digits.
    """
    return json.loads(DISTILLATION.read_text(encoding="utf-8"))

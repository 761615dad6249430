"""What is known to differ from the stored outputs in an environment, and why it may."""

PRINTING = "torch 2.6 prints small numbers wider; 2.9 no longer does"
WORDING = "chapter 12 tells both wordings; tests/test_messages.py holds it to them"
TRAINING = (
    "trained weights: another torch, like another processor, adds the sums in another order, "
    "and the difference grows with every step"
)

TRAINED = {
    ("09_train_on_real_digits/constant-cell", "stdout"): TRAINING,
    ("09_train_on_real_digits/constant-curves-cell", "picture"): TRAINING,
    ("09_train_on_real_digits/triangle-train-cell", "stdout"): TRAINING,
    ("09_train_on_real_digits/mistakes-cell", "text/plain"): TRAINING,
    ("09_train_on_real_digits/mistakes-cell", "picture"): TRAINING,
    ("09_train_on_real_digits/confusion-cell", "picture"): TRAINING,
    ("09_train_on_real_digits/turning-cell", "stdout"): TRAINING,
    ("09_train_on_real_digits/augment-cell", "stdout"): TRAINING,
    ("13_read_your_own_handwriting/test-once-cell", "stdout"): TRAINING,
    ("09_train_on_real_digits/confident-cell", "stdout"): TRAINING,
    ("13_read_your_own_handwriting/own-net", "stdout"): TRAINING,
    ("13_read_your_own_handwriting/own-hand-cell", "text/html"): TRAINING,
    ("13_read_your_own_handwriting/own-hand-cell", "picture"): TRAINING,
    ("13_read_your_own_handwriting/both-cell", "text/plain"): TRAINING,
    ("13_read_your_own_handwriting/both-cell", "picture"): TRAINING,
    ("09_train_on_real_digits/beat-solution", "text/html"): TRAINING,
    ("09_train_on_real_digits/beat-solution", "text/plain"): TRAINING,
}
OLDER = {
    ("00_welcome/probabilities", "text/plain"): PRINTING,
    ("03_run_it_forward/softmax", "text/plain"): PRINTING,
    ("04_measure_the_loss/two-gradients-cell", "stdout"): PRINTING,
    ("04_measure_the_loss/softmax-minus-one-hot-cell", "text/plain"): PRINTING,
    ("11_many_machines/halves-cell", "text/plain"): PRINTING,
    ("12_when_it_breaks/target-error", "error"): WORDING,
    ("12_when_it_breaks/inplace-error", "error"): WORDING,
}
KNOWN = {"lowest": {**TRAINED, **OLDER}, "newest": {}}  # by environment: (cell, kind) → reason

"""What an explorer's ten bars say, held to a network's logits."""

import numpy as np

PAINT = "() => new Promise(requestAnimationFrame)"  # what was asked for before is painted by then


def check_shares(explorer, logits, atol=0.051):
    """The percentages beside the bars are the softmax of these logits, of shape (10,)."""
    explorer.evaluate(PAINT)
    shares = explorer.locator(".fc3 .bar + span").all_inner_texts()
    got = [float(share.replace("\u00a0%", "")) for share in shares]
    np.testing.assert_allclose(got, 100 * logits.softmax(0), atol=atol)

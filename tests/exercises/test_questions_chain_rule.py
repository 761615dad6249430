"""What a quick question of the chapter on the chain rule claims: which mode computes less."""

import torch

ASKED = (1, 1000)  # how many parameters, how many results


def test_forward_mode_starts_from_one_parameter_and_reaches_all_results():
    calls = {"forward": 0, "reverse": 0}
    factors = torch.randn(ASKED[1], dtype=torch.float64)

    def compute(parameter):
        return (factors * parameter).sin()

    def sweep(mode, start):
        calls[mode] += 1
        at = torch.tensor(0.3, dtype=torch.float64)
        if mode == "forward":
            return torch.func.jvp(compute, (at,), (start,))[1]
        return torch.func.vjp(compute, at)[1](start)[0]

    by_forward = sweep("forward", torch.ones((), dtype=torch.float64))
    rows = torch.eye(ASKED[1], dtype=torch.float64)
    by_reverse = torch.stack([sweep("reverse", row) for row in rows])
    torch.testing.assert_close(by_forward, by_reverse)
    assert calls == dict(zip(("forward", "reverse"), ASKED, strict=True))

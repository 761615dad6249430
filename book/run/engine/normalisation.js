// Batch normalisation: each channel with mean 0 and variance 1. Source: Ioffe & Szegedy, 2015.

import { ops, rename } from "./graph.js";

export const normalisation = {
  /** `mean` and `variance`, of shape (channels,), follow the batch's in training. */
  batch_norm(t, mean, variance, weight, bias, training, momentum = 0.1, eps = 1e-5) {
    const dims = t.shape.map((_, d) => d).filter((d) => d !== 1);
    const across = (x) => ops.view(x, t.shape.map((size, d) => (d === 1 ? size : 1)));
    const used = training ? [ops.mean(t, dims), ops.variance(t, dims, 0)] : [mean, variance];
    if (training && mean) {
      ops.lerp_(mean, ops.detach(used[0]), momentum);
      ops.lerp_(variance, ops.variance(ops.detach(t), dims), momentum); // of n − 1, as torch keeps it
    }
    const deviation = ops.sqrt(ops.add(used[1], eps));
    const normal = ops.div(ops.sub(t, across(used[0])), across(deviation));
    const scaled = weight ? ops.mul(normal, across(weight)) : normal;
    return rename(bias ? ops.add(scaled, across(bias)) : scaled, "NativeBatchNormBackward0");
  },
};

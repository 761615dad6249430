// What torch says when something does not fit, word for word; before a colon, Python's name of the
// error, where it is no RuntimeError. What this engine itself lacks says "the page's engine".

const show = (shape) => `[${shape.join(", ")}]`;
const times = ({ shape }) => shape.join("x");

export const words = {
  // shapes
  broadcast: (a, b, d) => `The size of tensor a (${a}) must match the size of tensor b (${b}) at ` +
    `non-singleton dimension ${d}`,
  dimension: (dim, most) => "IndexError: Dimension out of range (expected to be in range of " +
    `[${-most}, ${most - 1}], but got ${dim})`,
  output: (shape, wanted) => `output with shape ${show(shape)} doesn't match the broadcast shape ` +
    show(wanted),
  view: (shape, numel) => `shape '${show(shape)}' is invalid for input of size ${numel}`,
  viewStrides: "view size is not compatible with input tensor's size and stride (at least one " +
    "dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
  inferred: "only one dimension can be inferred",
  flatten: "flatten() has invalid args: start_dim cannot come after end_dim",
  permute: (have, given) => "permute(sparse_coo): number of dimensions in the tensor input does " +
    `not match the length of the desired ordering of dimensions i.e. input.dim() = ${have} is ` +
    `not equal to len(dims) = ${given}`,
  duplicate: "permute(): duplicate dims are not allowed.",
  t: (ndim) => `t() expects a tensor with <= 2 dimensions, but self is ${ndim}D`,
  expand: (size, own, d, sizes, shape) => `The expanded size of the tensor (${size}) must match ` +
    `the existing size (${own}) at non-singleton dimension ${d}.  Target sizes: ${show(sizes)}.  ` +
    `Tensor sizes: ${show(shape)}`,
  expandMore: (sizes, shape) => `expand(torch.FloatTensor{${show(shape)}}, size=${show(sizes)}): ` +
    `the number of sizes provided (${sizes.length}) must be greater or equal to the number of ` +
    `dimensions in the tensor (${shape.length})`,
  sliceOfOne: "IndexError: slice() cannot be applied to a 0-dim tensor.",
  step: "ValueError: slice step must be positive",
  narrow: (start, length, size) =>
    `start (${start}) + length (${length}) exceeds dimension size (${size}).`,
  unfold: (d, have, size) =>
    `maximum size for tensor at dimension ${d} is ${have} but size is ${size}`,
  split: (have, dim, sizes) => "split_with_sizes expects split_sizes to sum exactly to " +
    `${have} (input tensor's size at dimension ${dim}), but got split_sizes=${show(sizes)}`,
  cat: (dim, wanted, size, i) => `Sizes of tensors must match except in dimension ${dim}. ` +
    `Expected size ${wanted} but got size ${size} for tensor number ${i} in the list.`,
  catDims: (first, other) =>
    `Tensors must have same number of dimensions: got ${first} and ${other}`,
  stack: (first, other, i) => "stack expects each tensor to be equal size, but got " +
    `${show(first)} at entry 0 and ${show(other)} at entry ${i}`,
  pad: "Padding length must be divisible by 2",
  negative: (least, shape) =>
    `Trying to create tensor with negative dimension ${least}: ${show(shape)}`,
  memory: (bytes) => "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't " +
    `allocate memory: you tried to allocate ${bytes} bytes. Error code 12 (Cannot allocate memory)`,
  values: (count, got) => `expected ${count} values, got ${got}`,

  // indices
  item: (numel) => `a Tensor with ${numel} elements cannot be converted to Scalar`,
  metaItem: "Tensor.item() cannot be called on meta tensors",
  metaCopy: "NotImplementedError: Cannot copy out of meta tensor; no data!",
  meta: "Tensor on device meta is not on the expected device cpu!",
  tooMany: (ndim) => `IndexError: too many indices for tensor of dimension ${ndim}`,
  bounds: (index, d, size) =>
    `IndexError: index ${index} is out of bounds for dimension ${d} with size ${size}`,
  gather: (index, d, size) =>
    `index ${index} is out of bounds for dimension ${d} with size ${size}`,
  indexDtype: "IndexError: tensors used as indices must be long, int, byte or bool tensors",
  indexShapes: (shapes) => "IndexError: shape mismatch: indexing tensors could not be broadcast " +
    `together with shapes ${shapes.map(show).join(", ")}`,
  mask: (mask, i, shape, d) => `IndexError: The shape of the mask ${show(mask)} at index ${i} ` +
    `does not match the shape of the indexed tensor ${show(shape)} at index ${d}`,
  put: (from, shape) => `shape mismatch: value tensor of shape ${show(from)} cannot be broadcast ` +
    `to indexing result of shape ${show(shape)}`,
  maskDtype: (word) => `masked_fill_ only supports boolean masks, but got mask with dtype ${word}`,
  where: (type) =>
    "where expected condition to be a boolean tensor, but got a tensor with dtype " + type,
  oneHotDtype: "one_hot is only applicable to index tensor of type LongTensor.",
  oneHotNegative: "Class values must be non-negative.",
  oneHot: "Class values must be smaller than num_classes.",
  topk: "selected index k out of range",

  // dtypes
  cast: (from, to) => `result type ${from} can't be cast to the desired output type ${to}`,
  notImplemented: (name, type) => `NotImplementedError: "${name}" not implemented for '${type}'`,
  negateBool: "NotImplementedError: Negation, the `-` operator, on a bool tensor is not " +
    "supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator " +
    "instead.",
  subtractBool: (both) => "NotImplementedError: Subtraction, the `-` operator, with " + (both
    ? "two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
    : "a bool tensor is not supported. If you are trying to invert a mask, use the `~` or " +
      "`logical_not()` operator instead."),
  zeroDivision: "ZeroDivisionError",
  negativePower: "Integers to negative integer powers are not allowed.",
  mean: (type) => "NotImplementedError: mean(): could not infer output dtype. Input dtype must " +
    `be either a floating point or complex dtype. Got: ${type}`,
  variance: "NotImplementedError: std and var only support floating point and complex dtypes",
  norm: (type) =>
    "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + type,
  normOrder: (p) => `NotImplementedError: norm: the page's engine knows p=2, got ${p}`,
  allclose: (a, b) => `${a} did not match ${b}`,
  countWeights: "NotImplementedError: the page's engine has no weights for bincount",
  bincount: "bincount only supports 1-d non-negative integral inputs.",
  empty: (name) => `${name}(): Expected reduction dim to be specified for input.numel() == 0. ` +
    "Specify the reduction dim with the 'dim' argument.",
  emptyArg: (name) =>
    `IndexError: ${name}(): Expected reduction dim to be specified for input.numel() == 0.`,

  // autograd
  freed: "Trying to backward through the graph a second time (or directly access saved tensors " +
    "after they have already been freed). Saved intermediate values of the graph are freed when " +
    "you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward " +
    "through the graph a second time or if you need to access saved tensors after calling " +
    "backward.",
  changed: (type, shape, node, found, version) => "one of the variables needed for gradient " +
    `computation has been modified by an inplace operation: [torch.${type}Tensor ${show(shape)}]` +
    (node ? `, which is output 0 of ${node.name.replace(/Backward\d?$/, "")},` : "") +
    ` is at version ${found}; expected version ${version} instead. Hint: enable anomaly ` +
    "detection to find the operation that failed to compute its gradient, with " +
    "torch.autograd.set_detect_anomaly(True, check_nan=False).",
  leaf: "a leaf Variable that requires grad is being used in an in-place operation.",
  viewOfLeaf:
    "a view of a leaf Variable that requires grad is being used in an in-place operation.",
  noGrad: (i) => `element ${i} of tensors does not require grad and does not have a grad_fn`,
  notScalar: "grad can be implicitly created only for scalar outputs",
  gradShape: (i, given, shape) => `Mismatch in shape: grad_output[${i}] has a shape of ` +
    `torch.Size(${show(given)}) and output[${i}] has a shape of torch.Size(${show(shape)}).`,
  noGradInput: "One of the differentiated Tensors does not require grad",
  unused: (i) => `The differentiated Tensor at index ${i} appears to not have been used in the ` +
    "graph. Set allow_unused=True if this is the desired behavior.",
  onlyFloats: "only Tensors of floating point dtype can require gradients",
  notLeaf: "you can only change requires_grad flags of leaf variables. If you want to use a " +
    "computed variable in a subgraph that doesn't require differentiation use var_no_grad = " +
    "var.detach().",
  hook: "cannot register a hook on a tensor that doesn't require gradient",
  createGraph:
    "NotImplementedError: create_graph=True: the page's engine gives no gradients of gradients",

  // products and layers
  product: (a, b) => `mat1 and mat2 shapes cannot be multiplied (${times(a)} and ${times(b)})`,
  productDtype: (a, b) => `expected m1 and m2 to have the same dtype, but got: ${a} != ${b}`,
  mv: (a, v) => `size mismatch, got input (${a.shape[0]}), mat (${times(a)}), vec (${times(v)})`,
  dot: (a, b) => `1D tensors expected, but got ${a}D and ${b}D tensors`,
  dotSize: (a, b) => `inconsistent tensor size, expected tensor [${a}] and src [${b}] to have ` +
    `the same number of elements, but got ${a} and ${b} elements respectively`,
  matmul: (a, b) => `both arguments to matmul need to be at least 1D, but they are ${a}D and ${b}D`,
  convolution: "NotImplementedError: conv2d: the page's engine has neither dilation nor groups " +
    "other than 1, and less padding than the kernel's size",
  convTranspose: "NotImplementedError: conv_transpose2d: the page's engine has no bias, stride " +
    "or padding for it",
  poolPadding: "NotImplementedError: the page's engine has padding for max_pool2d alone, without " +
    "indices",
  images: (shape) =>
    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: " +
    show(shape),
  inputDtype: (have, what, wanted) =>
    `Input type (${have}) and ${what} type (${wanted}) should be the same`,
  channels: (weight, input, wanted, got) => `Given groups=1, weight of size ${show(weight)}, ` +
    `expected input${show(input)} to have ${wanted} channels, but got ${got} channels instead`,
  kernel: (input, kernel) => `Calculated padded input size per channel: (${input.join(" x ")}). ` +
    `Kernel size: (${kernel.join(" x ")}). Kernel size can't be greater than actual input size`,
  pool: (input, output) => `Given input size: (${input.join("x")}). Calculated output size: ` +
    `(${output.join("x")}). Output size is too small`,
  batch: (count, got) =>
    `ValueError: Expected input batch_size (${count}) to match target batch_size (${got}).`,
  target: (type) => `expected target dtype to be Long or Byte, but got ${type}`,
  labels: "0D or 1D target tensor expected, multi-target not supported",
  shares: (type) =>
    `Expected floating point type for target with class probabilities, got ${type}`,
  label: (label) => `IndexError: Target ${label} is out of bounds.`,
  lossShape: (shape) =>
    `NotImplementedError: nll_loss: the page's engine takes (N, classes), got ${show(shape)}`,
  resize: (mode) =>
    `NotImplementedError: interpolate: the page's engine knows "bilinear", got ${mode}`,
  gridGradient: "NotImplementedError: grid_sample: the page's engine has no gradient for it",
  prodGradient: "NotImplementedError: prod: the page's engine has no gradient where a value is 0",

  // numbers
  linspace: "number of steps must be non-negative",
  arangeStep: "step must be nonzero",
  arangeSign: "upper bound and lower bound inconsistent with step sign",
  uniform: (low, high) =>
    `uniform_ expects to return a [from, to) range, but found from=${low} > to=${high}`,
  normal: (std) => `normal expects std >= 0.0, but found std ${std}`,
  randint: (low, high) =>
    `random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`,
};

// Raises a Python error with the words, made of what is handed over.
export function fail(message, ...parts) {
  const [, name = "RuntimeError", text] = /^(?:(\w+Error): )?(.*)$/s.exec(
    typeof message === "function" ? message(...parts) : message);
  throw Object.assign(new Error(text), { name });
}

export function require(right, message, ...parts) {
  if (!right) fail(message, ...parts);
}

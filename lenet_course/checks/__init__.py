"""One checker an exercise: `check_...(answer)` says what is wrong and why. A module a chapter."""

from lenet_course.checks.define_the_net import (
    check_broken_layer,
    check_predicted_shape,
    check_resized_net,
)
from lenet_course.checks.inspect_the_parameters import (
    check_colour_count,
    check_own_layer,
    check_picture_side,
)
from lenet_course.checks.many_machines import check_combined, check_share, check_steps
from lenet_course.checks.measure_the_loss import (
    check_cross_entropy,
    check_found_weight,
    check_mse,
)
from lenet_course.checks.run_it_forward import (
    check_blamed_map,
    check_convolution,
    check_padded_shape,
    check_pooling,
)
from lenet_course.checks.send_it_backward import (
    check_bias_gradient,
    check_held_gradients,
    check_measured_gradient,
)
from lenet_course.checks.train_on_real_digits import check_picked_epoch, check_row, check_trained
from lenet_course.checks.update_the_weights import (
    check_mended_loop,
    check_momentum_step,
    check_one_step_rate,
    check_whole_loop,
)
from lenet_course.checks.use_a_gpu import check_float16_limit, check_input_bytes, check_moved
from lenet_course.checks.welcome import (
    check_accuracy_on_fours,
    check_mended_nine,
    check_two_best,
)
from lenet_course.checks.when_it_breaks import (
    check_blamed_line,
    check_prepared_photos,
    check_two_faults,
)

__all__ = [
    "check_accuracy_on_fours",
    "check_bias_gradient",
    "check_blamed_line",
    "check_blamed_map",
    "check_broken_layer",
    "check_colour_count",
    "check_combined",
    "check_convolution",
    "check_cross_entropy",
    "check_float16_limit",
    "check_found_weight",
    "check_held_gradients",
    "check_input_bytes",
    "check_measured_gradient",
    "check_mended_loop",
    "check_mended_nine",
    "check_momentum_step",
    "check_moved",
    "check_mse",
    "check_one_step_rate",
    "check_own_layer",
    "check_padded_shape",
    "check_picked_epoch",
    "check_picture_side",
    "check_pooling",
    "check_predicted_shape",
    "check_prepared_photos",
    "check_resized_net",
    "check_row",
    "check_share",
    "check_steps",
    "check_trained",
    "check_two_best",
    "check_two_faults",
    "check_whole_loop",
]

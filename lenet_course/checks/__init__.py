"""One checker an exercise: `check_...(answer)` says what is wrong and why. A module a chapter."""

# ruff: noqa: F403
from lenet_course.checks.chain_rule import *
from lenet_course.checks.define_the_net import *
from lenet_course.checks.inspect_the_parameters import *
from lenet_course.checks.many_machines import *
from lenet_course.checks.measure_the_loss import *
from lenet_course.checks.run_it_forward import *
from lenet_course.checks.send_it_backward import *
from lenet_course.checks.train_on_real_digits import *
from lenet_course.checks.update_the_weights import *
from lenet_course.checks.use_a_gpu import *
from lenet_course.checks.welcome import *
from lenet_course.checks.when_it_breaks import *

__all__ = sorted(name for name in dir() if name.startswith("check_"))

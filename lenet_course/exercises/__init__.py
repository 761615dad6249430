"""One checker an exercise: `check_...(answer)` says what is wrong and why. A module a chapter."""

# ruff: noqa: F403
from lenet_course.exercises.chain_rule import *
from lenet_course.exercises.define_the_net import *
from lenet_course.exercises.inspect_the_parameters import *
from lenet_course.exercises.layer_by_layer import *
from lenet_course.exercises.many_machines import *
from lenet_course.exercises.measure_the_loss import *
from lenet_course.exercises.read_your_own_handwriting import *
from lenet_course.exercises.run_it_forward import *
from lenet_course.exercises.send_it_backward import *
from lenet_course.exercises.train_on_real_digits import *
from lenet_course.exercises.update_the_weights import *
from lenet_course.exercises.use_a_gpu import *
from lenet_course.exercises.welcome import *
from lenet_course.exercises.when_it_breaks import *

__all__ = sorted(name for name in dir() if name.startswith("check_"))

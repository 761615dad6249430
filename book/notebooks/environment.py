"""The settings under which outputs are recorded and compared.

One thread and one instruction set: with more of either, a sum is added up in another order and the
last bits of a float change; training makes them large. MKL's COMPATIBLE gives the same bits on
Intel's and AMD's processors, its AVX2 does not (matrix products and exp); oneDNN's AVX2 does.
"""

import os

FIXED = {
    "OMP_NUM_THREADS": "1",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    "CUDA_VISIBLE_DEVICES": "",  # a machine with a GPU records what one without it does
    "LENET_BOOK": "1",  # widgets put out what the page needs: a mount point and a picture
}


def fix_environment() -> None:
    """Set the fixed environment for this process and every kernel that it starts."""
    os.environ.update(FIXED)

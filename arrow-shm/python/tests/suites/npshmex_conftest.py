"""What was in NumPy when npshmex's tests were written."""

import numpy

numpy.float = float

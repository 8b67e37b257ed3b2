"""PyFlink: between functions in Python that are not chained, an array goes as bytes through the TaskManager's JVM.

A job of three functions: the first makes arrays, the second adds one, the third looks at the results. Each hand-over is
one bundle, the unit in which a TaskManager hands records to Python. There is no job that waits for a next array, so all
hand-overs are one job, and its first ones are the warm-up.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pyflink.common import Configuration, Types, WatermarkStrategy
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.datastream.connectors.number_seq import NumberSequenceSource

import peer

WARM_UPS = 10
LONG_MS = 600_000

Record = tuple[int, float, bytes]
RECORD = Types.TUPLE([Types.LONG(), Types.DOUBLE(), Types.PRIMITIVE_ARRAY(Types.BYTE())])


def maker(doubles: int) -> Callable[[int], Record]:
    def make(number: int) -> Record:
        array = np.arange(doubles, dtype=np.float64) + number
        return number, time.perf_counter(), array.tobytes()

    return make


def add_one(record: Record) -> Record:
    number, since, data = record
    return number, since, (np.frombuffer(data) + 1).tobytes()


def look(record: Record) -> tuple[int, float, float]:
    number, since, data = record
    result = np.frombuffer(data)
    now = time.perf_counter()
    for i in {0, len(result) // 2, len(result) - 1}:
        if result[i] != i + number + 1:
            raise AssertionError(f"element {i} of array {number} is {result[i]}, expected {i + number + 1}")
    return number, since, now


def measure(doubles: int, arrays: int, hand_overs: int, scratch: Path) -> list[float]:
    configuration = Configuration()
    configuration.set_string("python.executable", sys.executable)
    configuration.set_string("python.operator-chaining.enabled", "false")
    configuration.set_string("python.fn-execution.bundle.size", str(arrays))
    configuration.set_string("python.fn-execution.bundle.time", str(LONG_MS))
    configuration.set_string("io.tmp.dirs", str(scratch))
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    environment.set_parallelism(1)
    last = (WARM_UPS + hand_overs) * arrays - 1
    looked = (
        environment.from_source(NumberSequenceSource(0, last), WatermarkStrategy.no_watermarks(), "numbers")
        .map(maker(doubles), output_type=RECORD)
        .map(add_one, output_type=RECORD)
        .map(look, output_type=Types.TUPLE([Types.LONG(), Types.DOUBLE(), Types.DOUBLE()]))
    )
    began = [float("inf")] * (WARM_UPS + hand_overs)
    ended = [0.0] * (WARM_UPS + hand_overs)
    with looked.execute_and_collect() as results:
        for number, since, now in results:
            hand_over = number // arrays
            began[hand_over] = min(began[hand_over], since)
            ended[hand_over] = max(ended[hand_over], now)
    return [(end - begin) * 1e3 for begin, end in zip(began, ended, strict=True)][WARM_UPS:]


def both(arguments: argparse.Namespace, scratch: Path) -> tuple[Sequence[str], peer.Times]:
    return ["apache-flink"], {
        "large": measure(arguments.doubles, 1, arguments.hand_overs, scratch),
        "small": measure(peer.SMALL_DOUBLES, arguments.arrays, arguments.hand_overs, scratch),
    }


if __name__ == "__main__":
    peer.run(both)

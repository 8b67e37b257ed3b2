"""Pools whose files are damaged: the interpreter lives."""

import os
import random
import subprocess
import sys
from pathlib import Path

MOST_SECONDS = 300


def test_whatever_is_damaged_in_a_pool_is_read_or_an_error(directory):
    seed = int(os.environ.get("ARROW_SHM_SEED", random.randrange(1 << 30)))
    seconds = float(os.environ.get("ARROW_SHM_DAMAGE_S", 5))
    print(f"ARROW_SHM_SEED={seed}")
    command = [sys.executable, "-X", "faulthandler", str(Path(__file__).with_name("damage.py")), directory, str(seed), str(seconds)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + MOST_SECONDS)
    said = ended.stdout.splitlines()[-1:]
    assert ended.returncode == 0, f"seed {seed}, {said}, status {ended.returncode}: {ended.stderr[-4000:]}"
    assert said[0].endswith(" rounds"), said

"""What the README shows works as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import arrow_shm as shm

README = Path(__file__).parent.parent / "README.md"


def test_all_that_the_readme_shows_runs_one_after_the_other(directory, tmp_path):
    snippets = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    # The imports of the compatible libraries are what their own tests run, with what these need.
    snippets = [snippet for snippet in snippets if "arrow_shm.compat" not in snippet]
    assert len(snippets) == 6
    program = tmp_path / "readme.py"
    program.write_text("\n".join(snippets).replace('size="1GiB"', 'size="32MiB"'))
    environment = os.environ | {"ARROW_SHM_DIR": directory}
    done = subprocess.run(
        [sys.executable, program], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "run-43 appeared" in done.stdout and "{'unit': 'mV'}" in done.stdout
    assert shm.pools(directory) == ["lab"]

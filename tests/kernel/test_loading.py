"""What is loaded before the first request: nothing that two threads would have to load at once."""

from __future__ import annotations

import subprocess
import sys


def test_all_of_the_database_library_is_there_before_the_first_value_is_bound() -> None:
    asked = "import sys, kintsugi.kernel.database; print('sqlalchemy.orm.exc' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"

"""How hard hypothesis looks: a little on a laptop, a little and always the same in CI, long in `make soak`."""

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", max_examples=500, deadline=None, print_blob=True)
settings.load_profile("soak" if os.environ.get("SOAK") else "ci" if os.environ.get("CI") else "dev")

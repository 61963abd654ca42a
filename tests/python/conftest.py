"""Settings of all tests: the same cases on every run and machine, and no test of elapsed time."""

from hypothesis import settings

settings.register_profile("strikeproof", deadline=None, derandomize=True, database=None)
settings.load_profile("strikeproof")

"""What tests/python/conftest.py sets, without its imports: Polars and ADBC end in TSan's start."""

from hypothesis import settings

settings.register_profile("strikeproof", deadline=None, derandomize=True, database=None)
settings.load_profile("strikeproof")

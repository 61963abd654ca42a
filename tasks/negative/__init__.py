"""Negative evidence: every catalogued lie is tried on real artifacts and must be refused."""

"""Artifacts by family, which `tasks.evidence.catalog` puts in order."""

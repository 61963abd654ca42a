"""Wiring of the task graph, one module per artifact family."""

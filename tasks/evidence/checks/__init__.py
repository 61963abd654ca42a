"""The gate's checks, one module per subject; each yields a `Finding` for every fault."""

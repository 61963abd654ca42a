"""Products held against QuantLib on the declared grid, one module per product."""

"""Third opinions where two libraries differ: closed formulas and integrals in 40 digits."""

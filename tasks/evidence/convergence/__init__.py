"""How fast and how truly the numerical methods converge: agreement, orders, coverage, pace."""

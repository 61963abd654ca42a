"""QuantLib's value of one contract for our arguments, one module per engine."""

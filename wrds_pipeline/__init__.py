"""Point-in-time option data: sources, as-of rules, calibration, out-of-sample errors."""

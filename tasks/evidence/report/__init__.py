"""The report: offline pages of every claim and figure, made from the artifacts alone."""

"""SYNTHETIC tables in the shape of IvyDB US: invented securities with known parameters.

Every draw comes from Philox (Salmon and others 2011) with the date as its counter, so that a
longer sample begins with the rows of a shorter one. Nothing in here was taken from OptionMetrics.
"""

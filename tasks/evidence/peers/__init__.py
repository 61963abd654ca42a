"""The same quotes through strikeproof and other packages: speed and errors side by side.

`artifact` makes the files of evidence; `runner` measures, in an environment of its own.
"""

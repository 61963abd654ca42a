"""The same quotes through strikeproof and other packages: time and errors side by side.

`adapters`, `runner` and `truth` run in the packages' own environment, the others in the project's;
`plan` is read by both. `measure` makes the table, `report` its picture and text.
"""

"""Pure functions that the tasks call: no doit, no environment, no clock."""

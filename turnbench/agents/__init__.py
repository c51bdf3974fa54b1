"""Agents: whoever replies. `base` says what one is; `table` finds one by the name given on the command line."""

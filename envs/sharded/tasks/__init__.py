"""The tasks of the suite, a folder each; `task_named` finds them by name."""

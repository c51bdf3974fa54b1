"""Credit methods, one page each: `credit(group, config)` says how much every turn (or token) of a group's episodes is
worth to learning. `turnbench.baselines.method` says what a page may hold; nothing is listed anywhere.
"""

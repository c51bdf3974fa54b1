"""The worlds, a folder per family. Each folder's `__init__` registers its ids and does nothing else."""

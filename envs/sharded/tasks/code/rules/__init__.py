"""The rules of every family, a module each: how each is said, what it does, and its program text."""

"""One folder per family of games."""

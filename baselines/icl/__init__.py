"""In-context training: sequences of several games, a small transformer, and the study of what a demonstration is worth."""

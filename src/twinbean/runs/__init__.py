"""The run folder, and replay() and score() as users call them."""

"""Sound, and the program that a person starts."""

"""The error of this room. models imports no other room, so it has a base of its own."""


class ModelError(Exception):
    """A model is missing, broken or cannot be built; the message says which and what to do next."""

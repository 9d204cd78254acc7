"""The one error base of Readback."""


class ReadbackError(Exception):
    """Something the user or the owner can act on.

    The message names the offending value and the next step, in one or two sentences; the entry
    point prints it once, without a traceback. Raise a subclass that says which room it is from.
    """

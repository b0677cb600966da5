"""What may go wrong for a user, as one line that says how to mend it."""


class UserError(Exception):
    """Bad usage or bad input: one line that names the file or option and the remedy.

    The command line prints it without a traceback and exits with 2.
    """


class NotVerified(Exception):
    """A pair was handed on that parity did not prove equal; the command line exits with 1."""


class Interrupted(Exception):
    """Work was ended from outside and can be gone on with; the message says how. Exit code 130."""


class Diverged(Exception):
    """A training has numbers no more; the message names step and tensor. Exit code 1."""

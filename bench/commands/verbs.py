"""How ``gvk`` lists its commands: each in a whole sentence."""

import click


class Verb(click.Command):
    """A command whose summary in the list of all is never cut off; a long one is wrapped."""

    def get_short_help_str(self, limit: int = 0) -> str:
        """Return the first sentence of the help, whatever its length."""
        return super().get_short_help_str(limit=len(self.help or ""))


class Verbs(click.Group):
    """A group of such commands."""

    command_class = Verb
    group_class = type

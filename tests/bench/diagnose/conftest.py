"""What pytest leaves alone here: the programs of users are data, nothing to import and doctest."""

collect_ignore = ["own_cases"]

"""Statistics: intervals, verdicts, equivalence, power, scores.

Imports ``errors`` and ``specs``.
"""

"""Slow programs as their users wrote them: files to search, not modules to collect."""

collect_ignore = ["cases"]

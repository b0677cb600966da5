"""How anything is written: Markdown, SVG, the names of files and headings.

Imports nothing else of ``bench``.
"""

"""Data sets: found, read, checked, and cut into the order of an epoch.

Imports what stands left of it: host, render, stats, specs.
"""

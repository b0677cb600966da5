"""The machine: its devices, its lock, a fresh process, progress on a terminal.

Imports ``errors`` alone.
"""

"""Faults that are planted on purpose, and what becomes of a training with them.

Imports timing, training, and what stands left of them.
"""

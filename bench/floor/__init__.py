"""A step's matrix products by themselves, and what share of each engine's time they are.

Imports timing, training, and what stands left of them.
"""

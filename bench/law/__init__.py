"""A step as fixed cost plus cost a sample, and where the crossover lies.

Imports timing, training, and what stands left of them.
"""

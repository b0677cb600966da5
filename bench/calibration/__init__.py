"""The method of measuring, tried where the truth is known.

Imports timing, training, and what stands left of them.
"""

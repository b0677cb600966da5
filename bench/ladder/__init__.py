"""What each convenience of Keras costs a step, one rung at a time.

Imports timing, training, and what stands left of them.
"""

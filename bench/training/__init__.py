"""Whole trainings: epochs, accuracies over seeds, what a model makes of the test set.

Imports proof, anatomy, and what stands left of them; never ``timing``.
"""

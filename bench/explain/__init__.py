"""What Keras hides of a model, concept by concept; all but ``measure`` needs no TensorFlow.

Imports ladder, law, calibration, faults, and what stands left of them.
"""

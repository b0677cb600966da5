"""What replicas and workers are worth: throughput, communication apart, and a projection.

Imports timing, scale, law, and what stands left of them.
"""

"""How samples a second and memory grow with batch, data, width and seeds, beside ``fit``.

Imports law, whose proofs it takes, and what stands left of that.
"""

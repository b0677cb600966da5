"""More than one device, more than one process, and nothing lost on the way.

Imports training, proof, and what stands left of them.
"""

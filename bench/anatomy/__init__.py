"""What a program is made of: its graph, its flops, the way to its first step.

Imports twins, records, and what stands left of them; never ``proof``.
"""

"""The clock: blocks of paired timings, their stand, their summary, the audit of what ran.

Imports proof, anatomy, and what stands left of them; never ``training``.
"""

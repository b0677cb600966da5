"""The proof that two sides are one program: lockstep, distances, criteria, exact mode.

Imports twins, records, and what stands left of them.
"""

"""What a run leaves behind: the schema of a record, reading, writing, seals, a data frame.

Imports data, and what stands left of it; never ``twins``.
"""

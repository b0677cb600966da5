"""Pages, figures and their verification, all from stored records.

Imports explain, and what stands left of it; never ``pipeline``.
"""

"""What each verb of ``gvk`` does: reads options, calls the harness, prints lines.

Imports report, pipeline, and what stands left of them.
"""

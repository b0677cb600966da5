"""The process's own dials: threads, oneDNN, XLA, the allocator, each tried in a fresh process.

Imports timing, proof, and what stands left of them.
"""

"""Independent jobs: here, in processes of this machine, or on a cluster; each result once.

A job is plain: the name of a function and values that JSON has. So it does not matter who does it,
over which wire it goes, or whether its result comes from an earlier sitting. ``pool`` says what a
pool is, ``results`` hands jobs out; no verb knows who does them. What is timed is never a job.

Imports training, proof, and what stands left of them.
"""

"""The reports as one page of HTML that needs no network: made of the Markdown that they are.

Imports report, and what stands left of it; TensorFlow is never loaded. What the page looks like and
does is in ``assets``: a template, a style in two files, a script in four.
"""

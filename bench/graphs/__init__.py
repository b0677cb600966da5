"""The graphs of both sides' training step, and what each operation of them is for."""

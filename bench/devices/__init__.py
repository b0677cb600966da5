"""One training on two devices: how far a GPU's ends from the CPU's, against the noise floor.

``walk`` trains, a process for each device; ``measure`` stores; ``words`` is the chapter.
"""

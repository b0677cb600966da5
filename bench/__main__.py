"""``python -m bench`` is ``gvk``."""

from bench.cli import main

if __name__ == "__main__":
    main()

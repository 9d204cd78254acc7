"""`python -m voice` is `readback`."""

import sys

from voice.cli import main

if __name__ == "__main__":
    sys.exit(main())

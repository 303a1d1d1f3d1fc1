"""`python -m services.courses api|worker|audit`."""

import sys

from services.courses.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

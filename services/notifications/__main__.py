"""`python -m services.notifications api|worker`."""

import sys

from services.notifications.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m server.cli` is `sabak`."""

import sys

from server.cli import main

sys.exit(main())

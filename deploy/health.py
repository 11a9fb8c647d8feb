"""Is the site well? For the health checks of docker-compose.yml.

    python deploy/health.py ADDRESS [jobs]

Ends with 0 when the page at ADDRESS says that the database answers and, with ``jobs``, that the
worker did what beat sent within the last two minutes.
"""

import json
import sys
import urllib.request


def main() -> None:
    """Ask under a name that the site answers to wherever it runs."""
    request = urllib.request.Request(sys.argv[1], headers={"Host": "127.0.0.1"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            found = json.load(answer)
    except (OSError, ValueError) as wrong:
        sys.exit(f"no good answer: {wrong}")
    silent = [name for name in ("database", *sys.argv[2:]) if found.get(name) != "up"]
    if silent:
        sys.exit(f"not up: {', '.join(silent)}")


if __name__ == "__main__":
    main()

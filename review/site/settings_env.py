"""Where the project lies, and what its environment says; the settings files share both."""

import os
from pathlib import Path

from review.site.env import read

BASE_DIR = Path(__file__).resolve().parents[2]
ENV = read(os.environ, BASE_DIR)
EMBEDDED = not ENV.redis_url

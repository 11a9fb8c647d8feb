#!/usr/bin/env python3
"""Take docs/home.png anew: the review home of the demo as a reviewer sees it.

    .venv/bin/python docs/picture.py

Needs the packages of requirements-dev.lock and Chromium. Everything happens in a data folder that
is thrown away; no other data is touched.
"""

import os
import re
import shutil
import sys
import tempfile
import threading
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "home.png"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def serve(data: str) -> str:
    """Load the demo into the data folder and serve it; gives the address."""
    os.environ |= {"WINNOW_DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "review.site.settings"}
    for name in ("DATABASE_URL", "REDIS_URL", "SITE_URL", "EMAIL_URL"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from waitress.server import create_server

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo", stdout=StringIO())
    application = get_wsgi_application()  # it looks at the static files once, so they come first
    server = create_server(application, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def main() -> None:
    browser_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_path is None:
        sys.exit("Chromium is missing. On Debian or Ubuntu: sudo apt install chromium")
    with tempfile.TemporaryDirectory() as data:
        take(serve(data), data, browser_path)


def take(site: str, data: str, browser_path: str) -> None:
    """Log in as a reviewer and take the picture of the page that opens."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        password = (Path(data) / "demo-password").read_text()
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(f"{site}/accounts/login/")
        page.fill("input[name=login]", "ann@example.org")
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url(re.compile("/r/ldn/$"))
        page.screenshot(path=PICTURE, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()

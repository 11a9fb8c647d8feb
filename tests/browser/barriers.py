"""What keeps a reader out of a page, as far as a program can tell."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
DARK_PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
TABLET = {"viewport": {"width": 768, "height": 1024}, "color_scheme": "light"}
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def barriers(page: Page) -> list[str]:
    """Sentences: what axe finds (WCAG 2.2 A and AA), and how far the page sticks out."""
    found = [
        f"{page.url}: {rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in Axe().run(page).response["violations"]
    ]
    over = page.evaluate(OVERHANG)
    return [*found, *([f"{page.url}: {over} pixels too wide"] if over > 0 else [])]

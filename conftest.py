"""What every test may ask for; each plugin holds one thing."""

pytest_plugins = [
    "tests.plugins.options",
    "tests.plugins.database",
    "tests.plugins.worker",
    "tests.plugins.services",
    "tests.plugins.browser",
    "tests.plugins.worlds",
]

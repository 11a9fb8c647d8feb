"""The WSGI application: waitress serves it embedded, gunicorn in production."""

import os

from django.core.wsgi import get_wsgi_application

from review.site.lifeline import follow_starter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "review.site.settings")

follow_starter()
application = get_wsgi_application()

"""The door for a web server: waitress through `kembar serve`, or any other."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kembar.site.settings")
application = get_wsgi_application()

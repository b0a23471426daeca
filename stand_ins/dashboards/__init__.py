"""A scripted OpenSearch Dashboards: the import of saved objects, and nothing else of it.

    with DashboardsServer() as server:
        server.script(failure(503, "not ready yet"), garbage())
        server.refuse("visualization", {"type": "unknown", "message": "...", "statusCode": 500})
        some_client(server.url, server.switches.username, server.switches.password)

It checks what the real one checks before it looks at objects (user, ``osd-xsrf``, multipart form, file name), then their types,
the references to index patterns and searches, and conflicts; what it takes is in ``server.objects``. The real one is not
available to tests: that its saved objects look as they should is checked on what it exports and on its public source.
"""

from stand_ins.dashboards.server import DashboardsServer
from stand_ins.dashboards.switches import Switches

__all__ = ["DashboardsServer", "Switches"]

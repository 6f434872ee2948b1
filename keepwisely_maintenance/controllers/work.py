from odoo import http
from odoo.http import request

from ..models.work_order.res_users import TECHNICIANS

ROUTE = "/maintenance/work"

#: What the page keeps is on the phone by its own means; nothing of it stays in a cache that others share.
HEADERS = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"}


class MaintenanceWork(http.Controller):
    """The page for work on the floor, and what it talks to. Who may do what is asked of the models, as the user."""

    @http.route([ROUTE, f"{ROUTE}/<path:place>"], type="http", auth="user", methods=["GET"], sitemap=False, readonly=True)
    def page(self, place=None, **_params):
        if not request.env.user.has_group(TECHNICIANS):
            return request.redirect("/odoo")
        response = request.render("keepwisely_maintenance.work_page", {"session_info": self._get_session_info()})
        response.headers.update(HEADERS)
        return response

    def _get_session_info(self):
        """What the page has to know before it asks for anything."""
        user = request.env.user
        return {"uid": user.id, "csrf_token": request.csrf_token(), "lang": user.lang, "tz": user.tz}

    @http.route(f"{ROUTE}/data", type="jsonrpc", auth="user")
    def data(self, stamp=None, **_params):
        self._require_worker()
        return request.env["maintenance.phone"]._get_data(stamp)

    @http.route(f"{ROUTE}/send", type="jsonrpc", auth="user")
    def send(self, now=None, commands=None, **_params):
        self._require_worker()
        answers = request.env["maintenance.phone.command"]._receive(now, commands)
        return {"now": request.env["maintenance.phone"]._get_now(), "answers": answers}

    def _require_worker(self):
        """:raises AccessError: the page is for technicians and planners."""
        request.env["maintenance.phone"]._check_worker()

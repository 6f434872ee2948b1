from werkzeug.datastructures import FileStorage

from odoo import http
from odoo.http import request
from odoo.tools import file_open

from ..models.asset.scan_photo import MAX_BYTES
from ..models.phone.phone_entry import read_uuid
from ..models.work_order.res_users import TECHNICIANS
from ..words import in_language_of
from .scan import MAX_BODY

ROUTE = "/maintenance/work"

#: What the page keeps is on the phone by its own means; nothing of it stays in a cache that others share.
HEADERS = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"}


class MaintenanceWork(http.Controller):
    """The page for work on the floor, and what it talks to. Who may do what is asked of the models, as the user."""

    @http.route(ROUTE, type="http", auth="user", methods=["GET"], sitemap=False, readonly=True)
    def page(self, **_params):
        if not request.env.user.has_group(TECHNICIANS):
            return request.redirect("/odoo")
        env = in_language_of(request.env.user, request.env.user).env
        # nothing personal: the phone keeps the page
        values = {
            "database": request.db,
            "lang": env.user.lang,
            "direction": env["res.lang"]._get_data(code=env.user.lang).direction,
            # Odoo translates nothing within a head
            "app_name": env._("Work on the Floor"),
            "description": env._("Your work orders, with and without a signal."),
            "no_script": env._("This page needs JavaScript."),
        }
        response = request.render("keepwisely_maintenance.work_page", values)
        response.headers.update(HEADERS)
        return response

    @http.route(f"{ROUTE}/service-worker.js", type="http", auth="public", methods=["GET"], sitemap=False, readonly=True)
    def service_worker(self):
        """What keeps the page on the phone, for this address and no other."""
        with file_open("keepwisely_maintenance/static/src/phone/service_worker.js") as file:
            headers = {"Content-Type": "text/javascript", "Service-Worker-Allowed": ROUTE, "Cache-Control": "no-cache"}
            return request.make_response(file.read(), list(headers.items()))

    @http.route(f"{ROUTE}/document/<int:attachment_id>", type="http", auth="user", methods=["GET"], sitemap=False, readonly=True)
    def document(self, attachment_id, **_params):
        """A document of a work order or asset that one reads; a download that broke off goes on (`Range`)."""
        self._require_worker()
        attachment = request.env["maintenance.phone"]._find_document(attachment_id)
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        # never opened as a page of this address
        return stream.get_response(as_attachment=True, content_security_policy="default-src 'none'")

    @http.route(f"{ROUTE}/data", type="jsonrpc", auth="user")
    def data(self, stamp=None, **_params):
        self._require_worker()
        return request.env["maintenance.phone"]._get_data(stamp)

    @http.route(f"{ROUTE}/send", type="jsonrpc", auth="user")
    def send(self, now=None, commands=None, offset=None, **_params):
        self._require_worker()
        answers = request.env["maintenance.phone.command"]._receive(now, commands, offset)
        return {"now": request.env["maintenance.phone"]._get_now(), "answers": answers}

    @http.route(f"{ROUTE}/photo", type="http", auth="user", methods=["POST"], sitemap=False, max_content_length=MAX_BODY)
    def photo(self, id=None, file=None, **_params):
        """The bytes of a photo that was announced by `send`."""
        self._require_worker()
        data = file.stream.read(MAX_BYTES + 1) if isinstance(file, FileStorage) else b""
        answer, status = request.env["maintenance.phone.command"]._receive_photo(read_uuid(id), data)
        return request.make_json_response(answer, status=status)

    @http.route(f"{ROUTE}/alive", type="jsonrpc", auth="public", readonly=True)
    def alive(self, user=None, lease=None, **_params):
        """Whether the phone has to forget what it has, for whoever is not logged in any more."""
        return {"wipe": not request.env["maintenance.phone"]._is_lease_good(user, lease)}

    def _require_worker(self):
        """:raises AccessError: the page is for technicians and planners."""
        request.env["maintenance.phone"]._check_worker()

import logging
from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.asset.scan_photo import MAX_BYTES, clean_photo
from ..models.work_order.res_users import TECHNICIANS

_logger = logging.getLogger(__name__)

#: Bytes of a request. A photo above `MAX_BYTES` is refused with a sentence, a body above this unread.
MAX_BODY = 32 * 1024 * 1024

#: Pages that hold a code are neither stored, indexed, framed nor named to other sites. They run no
#: script at all, so that nothing a stranger types could ever run.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

ROUTE = "/maintenance/scan/<string:token>"


class MaintenanceScan(http.Controller):
    """What opens when the label of an asset is scanned.

    Templates get plain words, never records: what is not in the values cannot be shown.
    """

    def _is_known_code(self, _rule, args):
        """Whether the page only reads: a code that leads nowhere is counted."""
        # asked before anybody is logged in
        visitor = request.session.uid or request.env(user=SUPERUSER_ID).ref("base.public_user").id
        return bool(request.env(user=visitor)["maintenance.equipment"]._find_scanned(args["token"]))

    @http.route(ROUTE, type="http", auth="public", methods=["GET"], sitemap=False, readonly=_is_known_code)
    def scan(self, token, **_params):
        equipment, refusal = self._find(token)
        return refusal or self._render_asset(equipment, token)

    @http.route(ROUTE, type="http", auth="public", methods=["POST"], sitemap=False, max_content_length=MAX_BODY)
    def report(self, token, **params):
        equipment, refusal = self._find(token)
        if refusal:
            return refusal
        if params.get("website"):  # nobody sees this field; programs fill it in
            _logger.info("A report without login was dropped: it filled in the field that nobody sees.")
            return self._render("scan_sent", 200, name=self._words_of(equipment)["name"], token=token)
        if not self._take(equipment):
            return self._render_too_many(token)
        entered = {
            key: value if isinstance(value := params.get(key), str) else ""
            for key in ("text", "reporter", "phone", "down", "unsafe")
        }
        try:
            with request.env.cr.savepoint():
                work_order = equipment._report_scanned(
                    entered["text"],
                    photo=self._read_photo(params.get("photo")),
                    name=entered["reporter"],
                    phone=entered["phone"],
                    is_down=bool(entered["down"]),
                    is_unsafe=bool(entered["unsafe"]),
                )
                sent = {"token": token, "id": work_order.id, "reference": work_order.reference}
        except UserError as error:
            return self._render_asset(equipment, token, status=422, error=str(error), entered=entered)
        # shown by a page of its own, so that reloading it sends nothing again
        request.session["maintenance_scan_sent"] = sent
        return self._redirect(f"/maintenance/scan/{token}/sent")

    @http.route(f"{ROUTE}/sent", type="http", auth="public", methods=["GET"], sitemap=False, readonly=_is_known_code)
    def sent(self, token, **_params):
        sent = request.session.get("maintenance_scan_sent") or {}
        if sent.get("token") != token:
            return self._redirect(f"/maintenance/scan/{token}")
        equipment, refusal = self._find(token)
        if refusal:
            return refusal
        link = self._is_known() and f"/odoo/my-maintenance-reports/{sent['id']}"
        name = self._words_of(equipment)["name"]
        return self._render("scan_sent", 200, name=name, token=token, reference=sent["reference"], link=link)

    @http.route(f"{ROUTE}/follow", type="http", auth="user", methods=["POST"], sitemap=False)
    def follow(self, token, job=None, **_params):
        equipment, refusal = self._find(token)
        if refusal:
            return refusal
        jobs = equipment._get_scanned_jobs().filtered(lambda found: str(found.id) == job)
        # sudo in _get_scanned_jobs: whoever reads of the job on this page may follow it
        jobs.message_subscribe(request.env.user.partner_id.ids)
        return self._redirect(f"/maintenance/scan/{token}")

    # -- Who and what -------------------------------------------------------------------------

    def _is_known(self):
        return request.env.user._is_internal()

    def _find(self, token):
        """The asset, or the answer to give instead: the same one whatever the reason."""
        # sudo: attempts are counted by the system
        attempts = request.env["maintenance.scan.attempt"].sudo()
        address = request.httprequest.remote_addr
        if not self._is_known() and attempts._has_too_many_misses(address):
            return None, self._render_too_many(token)
        equipment = request.env["maintenance.equipment"]._find_scanned(token)
        if equipment:
            return equipment, None
        if not self._is_known():
            attempts._add_miss(address)
        return None, self._render("scan_unknown", 404, token=token, known=self._is_known())

    def _take(self, equipment):
        """Count a report of somebody who is not logged in; colleagues answer for what they do."""
        if self._is_known():
            return True
        # sudo: attempts are counted by the system
        attempts = request.env["maintenance.scan.attempt"].sudo()
        return attempts._take(request.httprequest.remote_addr, equipment)

    def _read_photo(self, upload):
        """The photo as a clean JPEG, or None where there is none."""
        if not isinstance(upload, FileStorage):
            return None
        data = upload.stream.read(MAX_BYTES + 1)
        return clean_photo(request.env, data) if data else None

    # -- Pages --------------------------------------------------------------------------------

    def _words_of(self, equipment):
        """What the page says of the asset: to strangers its name and nothing else."""
        # sudo: the code on the label is what lets the visitor see it
        asset = equipment.sudo()
        if not self._is_known() or not equipment.has_access("read"):
            return {"name": asset.name}
        details = (asset.serial_no, asset.location_id.display_name, asset.category_id.name)
        return {"name": asset.name, "details": " · ".join(filter(None, details))}

    def _words_of_job(self, job):
        partner = request.env.user.partner_id
        mine = partner in job.message_partner_ids
        readable = job.with_user(request.env.user).has_access("read")
        return {
            "id": job.id,
            "reference": job.reference,
            "name": job.name,
            "progress": job.progress_message,
            "is_followed": mine,
            "link": readable and f"/odoo/my-maintenance-reports/{job.id}",
        }

    def _render_asset(self, equipment, token, status=200, error="", entered=None):
        jobs = equipment._get_scanned_jobs()
        return self._render(
            "scan_asset", status,
            token=token,
            asset=self._words_of(equipment),
            jobs=[self._words_of_job(job) for job in jobs],
            user_name=self._is_known() and request.env.user.name,
            work_page=request.env.user.has_group(TECHNICIANS) and f"/maintenance/work#scan={token}",
            error=error,
            entered=entered or {},
        )  # fmt: skip

    def _render_too_many(self, token):
        return self._render("scan_too_many", 429, token=token)

    def _render(self, template, status, token, **values):
        login_url = "/web/login?" + urlencode({"redirect": f"/maintenance/scan/{token}"})
        values.update(token=token, login_url=login_url)
        response = request.render(f"keepwisely_maintenance.{template}", values)
        response.status_code = status
        response.headers.update(HEADERS)
        return response

    def _redirect(self, path):
        response = request.redirect(path, 303)
        response.headers.update(HEADERS)
        return response

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .scan import HEADERS

ROUTE = "/maintenance/report/<int:job_id>"


class MaintenanceReport(http.Controller):
    """What the buttons of a message to the reporter open.

    Opening an address changes nothing, since programs that look through mail open it as well: the page asks, and its
    button answers. Who may not answer is not told whether there is anything to answer.
    """

    # -- Is it fixed? -------------------------------------------------------------------------

    @http.route(
        f"{ROUTE}/<any('fixed', 'not-fixed'):answer>", type="http", auth="user", methods=["GET"], sitemap=False, readonly=True)
    def ask(self, job_id, answer, **_params):
        job = self._find_to_answer(job_id)
        return self._render_question(job, answer) if job else self._render_nothing()

    @http.route(f"{ROUTE}/fixed", type="http", auth="user", methods=["POST"], sitemap=False)
    def fixed(self, job_id, **_params):
        return self._answer(job_id, "fixed", lambda job: job.action_confirm_fix())

    @http.route(f"{ROUTE}/not-fixed", type="http", auth="user", methods=["POST"], sitemap=False)
    def not_fixed(self, job_id, reason=None, **_params):
        reason = reason if isinstance(reason, str) else ""
        return self._answer(job_id, "not-fixed", lambda job: job.action_not_fixed(reason))

    def _answer(self, job_id, answer, act):
        job = self._find_to_answer(job_id)
        if not job:
            return self._render_nothing()
        try:
            with request.env.cr.savepoint():
                act(job)
        except UserError as error:
            return self._render_question(job, answer, status=422, error=str(error))
        # the report shows what came of it
        return request.redirect(f"/odoo/my-maintenance-reports/{job.id}", 303)

    def _find_to_answer(self, job_id):
        return request.env["maintenance.request"].browse(job_id)._maintenance_find_to_answer()

    def _render_question(self, job, answer, status=200, error=""):
        return self._render(
            "report_question", status,
            job=self._words_of(job),
            answer=answer,
            is_confirmed=bool(job.date_fix_confirmed),
            error=error,
        )  # fmt: skip

    # -- Following ----------------------------------------------------------------------------

    @http.route(f"{ROUTE}/follow", type="http", auth="user", methods=["GET"], sitemap=False, readonly=True)
    def ask_to_follow(self, job_id, **_params):
        job = self._find_to_follow(job_id)
        return self._render("report_follow", 200, job=self._words_of(job)) if job else self._render_nothing()

    @http.route(f"{ROUTE}/follow", type="http", auth="user", methods=["POST"], sitemap=False)
    def follow(self, job_id, **_params):
        job = self._find_to_follow(job_id)
        if not job:
            return self._render_nothing()
        # sudo in _maintenance_find_to_follow: whoever reads of the job on this page may follow it
        job.message_subscribe(request.env.user.partner_id.ids)
        return request.redirect(f"/odoo/my-maintenance-reports/{job.id}", 303)

    def _find_to_follow(self, job_id):
        return request.env["maintenance.request"].browse(job_id)._maintenance_find_to_follow()

    # -- Pages --------------------------------------------------------------------------------

    def _words_of(self, job):
        """Plain words for the templates, never records."""
        return {
            "id": job.id,
            "reference": job.reference,
            "name": job.name,
            "asset": job.sudo().equipment_id.display_name,
            "progress": job.progress_message,
            "done": job.work_done,
            "photo": job.has_access("read") and not job.env.su and job.maintenance_last_photo_id.id,
        }

    def _render_nothing(self):
        return self._render("report_nothing", 404)

    def _render(self, template, status, **values):
        response = request.render(f"keepwisely_maintenance.{template}", values)
        response.status_code = status
        response.headers.update(HEADERS)
        return response

import re
import secrets
from urllib.parse import urlsplit

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext, plaintext2html

from ...const import DONE_STATES
from ..work_order.maintenance_request_reporter import MAX_TEXT, make_title

#: Bytes of chance in a code: 192 bits, 32 characters in the address.
TOKEN_BYTES = 24
TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")

MAX_NAME = 80
MIN_TEXT = 3

#: What has no place in a sentence: control characters, and marks that turn the direction of writing.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class MaintenanceEquipmentLabel(models.Model):
    """The code on the label of an asset, and the reports that come from scanning it."""

    _inherit = "maintenance.equipment"

    scan_token = fields.Char(
        "Code of the label", compute="_compute_scan_token", store=True, copy=False,
        groups="maintenance.group_equipment_manager",
    )  # fmt: skip
    scan_url = fields.Char(
        "Address of the label", compute="_compute_scan_url", groups="maintenance.group_equipment_manager",
        help="What the QR code holds. Whoever has it can report a problem with the asset.",
    )  # fmt: skip

    maintenance_label_warning = fields.Char(
        "Warning about labels", compute="_compute_maintenance_label_warning", groups="maintenance.group_equipment_manager"
    )

    _scan_token_uniq = models.UniqueIndex("(scan_token)", "Another asset has the same code.")

    @api.depends("create_date")
    def _compute_scan_token(self):
        """Every asset gets its own once: new, imported, or from before the module."""
        for equipment in self:
            equipment.scan_token = equipment.scan_token or secrets.token_urlsafe(TOKEN_BYTES)

    @api.depends("scan_token")
    def _compute_scan_url(self):
        for equipment in self:
            equipment.scan_url = f"{equipment.get_base_url()}/maintenance/scan/{equipment.scan_token}"

    def _compute_maintenance_label_warning(self):
        for equipment in self:
            equipment.maintenance_label_warning = equipment._maintenance_describe_label_address()

    def _maintenance_describe_label_address(self):
        """What is wrong with the address on labels when no phone can reach it, else False."""
        address = self.get_base_url()
        host = (urlsplit(address).hostname or "").rstrip(".")
        # a name without a dot, and the addresses of the machine itself
        if "." in host and not host.startswith("127.") and host != "0.0.0.0" and not host.endswith(".localhost"):
            return False
        if ":" in host and host not in ("::1", "::"):
            return False
        return self.env._(
            "No phone can open the labels, because they lead to %s: an administrator sets the address that people use as "
            "web.base.url, in developer mode under Settings, Technical, System Parameters, before they are printed.",
            address,
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_token_is_ours(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_token_is_ours(vals)
        return super().write(vals)

    @api.model
    def _check_token_is_ours(self, vals):
        """:raises UserError: somebody brings a code of their own, which others could guess."""
        if "scan_token" in vals and not self.env.su:
            raise UserError(self.env._("The code of a label is drawn by the system; use Renew instead."))

    def action_renew_scan_token(self):
        """Draw new codes: labels printed so far lead nowhere (planners)."""
        self.check_access("write")
        for equipment in self:
            # sudo: codes are drawn by the system; who may ask for it was checked
            equipment.sudo().scan_token = secrets.token_urlsafe(TOKEN_BYTES)
            equipment.message_post(body=self.env._("The code was renewed; labels printed before no longer work."))
        return True

    # -- Looking up ---------------------------------------------------------------------------

    @api.model
    def _find_scanned(self, token):
        """The asset that ``token`` stands for and that the user may report on, else none.

        Whoever is logged in may report on the assets of their companies, others where the
        company of the asset allows it. There is no telling why nothing is found.
        """
        if not TOKEN.fullmatch(token or ""):
            return self.browse()
        # sudo: strangers have no rights on assets, and nobody but planners reads codes
        equipment = self.sudo().with_context(active_test=False).search([("scan_token", "=", token)], limit=1)
        # labels of an asset that was merged stay on it
        equipment = (equipment.maintenance_merged_into_id or equipment).filtered("active")
        return equipment.filtered(lambda found: found._is_open_to(self.env.user)).with_env(self.env)

    def _is_open_to(self, user):
        if user._is_internal():
            return not self.company_id or self.company_id in user.company_ids
        return self.company_id.scan_without_login

    def _get_scanned_jobs(self):
        """Open work on the asset, for whoever stands before it and may see the asset.

        Preventive work counts once it is under way: nobody reports twice what is only planned.
        """
        self.ensure_one()
        if not self.env.user._is_internal() or not self.has_access("read"):
            return self.env["maintenance.request"]
        # sudo: that a problem was reported already is told to colleagues who would report it again
        return self.env["maintenance.request"].sudo().search(
            [
                ("equipment_id", "=", self.id),
                ("archive", "=", False),
                ("state", "not in", (*DONE_STATES, "cancelled")),
                "|", ("maintenance_type", "=", "corrective"), ("state", "in", ("in_progress", "waiting_parts")),
            ],
            order="priority DESC, id DESC", limit=10,
        )  # fmt: skip

    # -- Reporting ----------------------------------------------------------------------------

    def _report_scanned(self, text, photo=None, name="", phone="", is_down=False, is_unsafe=False):
        """Make a work order of what somebody wrote at the asset.

        :param str text: what is wrong, in their words.
        :param bytes photo: a JPEG made by `scan_photo.clean_photo`.
        :param str name: who reports, as they call themselves; only of use without login.
        :param bool is_down: the asset stands still. High, never emergency: that is decided by people
            who answer for it; and only a colleague's word begins a downtime.
        :param bool is_unsafe: somebody may get hurt. High as well.
        :returns: the work order, with superuser rights.
        :raises UserError: the text is too short or too long, or no team takes reports.
        """
        self.ensure_one()
        text = self._clean_text(text, MAX_TEXT)
        if len(text) < MIN_TEXT:
            raise UserError(self.env._("Say in a sentence what is wrong."))
        is_known = self.env.user._is_internal()
        reporter = "" if is_known else self._describe_reporter(name, phone)
        self._serialise_reports()
        # sudo: strangers have no rights, and colleagues may report on what belongs to somebody else
        requests = self.env["maintenance.request"].sudo()
        requests = requests.with_company(self.sudo().company_id or self.env.company)
        vals = {
            "name": make_title(text),
            "description": plaintext2html(text) + self._describe_danger(is_down, is_unsafe) + reporter,
            "equipment_id": self.id,
            "company_id": requests.env.company.id,
            "maintenance_team_id": self._get_team_for_reports(requests.env.company).id,
            "priority": "2" if is_down or is_unsafe else "0",
            "maintenance_is_unsafe": is_unsafe,
            "reported_status": "down" if is_down and is_known else "running",
            "owner_user_id": is_known and self.env.uid,
            "reported_via": "scan" if is_known else "scan_public",
        }
        twin = requests._find_twin(vals)
        if twin:
            return twin
        request = requests.create(vals)
        if photo:
            request._attach_photo(photo)
        return request

    def _get_team_for_reports(self, company):
        """The team of the asset, else the first of the company.

        :raises UserError: there is none; the database would say so less plainly.
        """
        # sudo: strangers have no rights on teams
        asset = self.sudo()
        team = asset.maintenance_team_id or asset.env["maintenance.team"].search(
            [("company_id", "in", (company.id, False))], order="company_id, id", limit=1
        )
        if not team:
            raise UserError(self.env._("No team takes reports on %s; tell maintenance directly.", asset.name))
        return team

    def _serialise_reports(self):
        """Let two taps on the button come one after the other, see `maintenance.request._serialise`."""
        self.env.cr.execute(
            SQL("UPDATE maintenance_equipment SET write_date = write_date WHERE id = %s", self.id)
        )

    @api.model
    def _clean_text(self, text, limit):
        """:raises UserError: the text is longer than ``limit``."""
        text = UNPRINTABLE.sub("", (text or "").replace("\r\n", "\n")).strip()
        if len(text) > limit:
            raise UserError(self.env._("This is too long; %s characters are enough.", limit))
        return text

    @api.model
    def _describe_danger(self, is_down, is_unsafe):
        sentences = [is_down and self.env._("It stands still."), is_unsafe and self.env._("It is unsafe.")]
        return Markup().join(Markup("<p><b>%s</b></p>") % sentence for sentence in sentences if sentence)

    @api.model
    def _describe_reporter(self, name, phone):
        """Who reports, as a paragraph; whatever they typed stays text."""
        who = ", ".join(filter(None, (self._clean_text(name, MAX_NAME), self._clean_text(phone, MAX_NAME))))
        who = self.env._("Reported by %s", who) if who else self.env._("Reported by somebody who was not logged in")
        return Markup("<p><i>%s</i></p>") % who


class MaintenanceRequestScanned(models.Model):
    _inherit = "maintenance.request"

    @api.model
    def _find_twin(self, vals):
        """The same words about the same asset within ten minutes: the button was tapped twice."""
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=10)
        found = self.search(
            [
                ("equipment_id", "=", vals["equipment_id"]),
                ("name", "=", vals["name"]),
                ("reported_via", "=", vals["reported_via"]),
                ("owner_user_id", "=", vals["owner_user_id"]),
                ("create_date", ">=", since),
                ("state", "=", "requested"),
            ]
        )
        words = html2plaintext(vals["description"])
        return found.filtered(lambda request: html2plaintext(request.description) == words)[:1]

    def _attach_photo(self, photo, words=None):
        """Put the photo below the work order, where everybody looks for it."""
        self.ensure_one()
        author = self.env.user if self.env.user._is_internal() else self.env.ref("base.user_root")
        self.message_post(
            body=words or self.env._("Photo of the report"),
            attachments=[(f"{self.reference.replace('/', '-')}.jpg", photo)],
            author_id=author.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...cached import fetch_rows
from ...const import PLANNED_STATES

PARTS_STATES = [
    ("none", "No parts"),
    ("to_request", "To ask for"),
    ("requested", "Asked for"),
    ("ordered", "Ordered"),
    ("ready", "Ready"),
    ("consumed", "Used"),
]


class MaintenanceRequestParts(models.Model):
    """The parts of a work order: stock moves that Odoo's own engine reserves.

    A short part becomes a procurement; what comes of it (a requisition line, a transfer from
    another warehouse) is linked back, so ``parts_state`` can follow reservations and orders.
    """

    _inherit = "maintenance.request"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        check_company=True,
        help="Where the parts are taken from.",
    )
    part_ids = fields.One2many(
        "stock.move",
        "maintenance_request_id",
        "Parts",
        domain=[("origin_returned_move_id", "=", False)],
    )
    returned_part_ids = fields.One2many(
        "stock.move",
        "maintenance_request_id",
        "Returned parts",
        domain=[("origin_returned_move_id", "!=", False)],
    )
    parts_state = fields.Selection(
        PARTS_STATES, "State of the parts", compute="_compute_parts_state", store=True, index=True, compute_sudo=True,
        default="none",
    )  # fmt: skip
    parts_message = fields.Char(
        "Waits for", compute="_compute_parts_message", compute_sudo=True,
        help="What is missing, until when, and on which order.",
    )  # fmt: skip
    maintenance_has_part_warning = fields.Boolean(compute="_compute_maintenance_part_columns")
    maintenance_is_handed_out = fields.Boolean(compute="_compute_maintenance_part_columns")
    requisition_line_ids = fields.One2many(
        "maintenance.requisition.line", "maintenance_request_id", "Requisition lines"
    )
    requisition_ids = fields.Many2many(
        "maintenance.requisition", compute="_compute_requisition_ids", string="Requisitions"
    )
    requisition_count = fields.Integer(compute="_compute_requisition_ids")
    purchase_line_ids = fields.One2many("purchase.order.line", "maintenance_request_id")
    maintenance_purchase_order_ids = fields.Many2many(
        "purchase.order", compute="_compute_maintenance_purchase_order_ids", compute_sudo=True, string="Purchase orders"
    )
    maintenance_purchase_order_count = fields.Integer(compute="_compute_maintenance_purchase_order_ids", compute_sudo=True)

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("company_id", "equipment_id")
    def _compute_warehouse_id(self):
        """The warehouse the asset stands in, else the company's first one."""
        by_company = {}
        for request in self:
            company = request.company_id
            warehouse = request.equipment_id.location_id.warehouse_id
            if warehouse.company_id != company:
                if company not in by_company:
                    by_company[company] = self.env["stock.warehouse"].search_fetch(
                        [("company_id", "=", company.id)], ["company_id", "maintenance_type_id"], limit=1
                    )
                warehouse = by_company[company]
            request.warehouse_id = warehouse

    @api.depends(
        "part_ids.state",
        "part_ids.quantity",
        "part_ids.picked",
        "part_ids.product_uom_qty",
        "part_ids.supply_move_ids.state",
        "part_ids.maintenance_requisition_line_ids.state",
        "part_ids.maintenance_requisition_line_ids.product_qty",
        "part_ids.maintenance_requisition_line_ids.qty_ordered",
        "part_ids.maintenance_requisition_line_ids.qty_received",
        "requisition_line_ids.state",
        "requisition_line_ids.product_qty",
        "requisition_line_ids.qty_ordered",
        "requisition_line_ids.qty_received",
        "requisition_line_ids.part_move_ids",
        "requisition_line_ids.is_blocking",
    )
    def _compute_parts_state(self):
        for request in self:
            request.parts_state = request._get_parts_state()

    @api.depends("part_ids.maintenance_warning", "part_ids.maintenance_handed_out_qty")
    def _compute_maintenance_part_columns(self):
        """Whether the list of parts needs a column for it."""
        for request in self:
            request.maintenance_has_part_warning = any(part.maintenance_warning for part in request.part_ids)
            request.maintenance_is_handed_out = any(part.maintenance_handed_out_qty for part in request.part_ids)

    def _get_parts_state(self):
        """Follow reservations, not receipts: what waits in an input location is not ready.

        Services and one-off parts that the job waits for count with the parts. A line that is being written on the form
        was not looked for yet, so it does not count.
        """
        self.ensure_one()
        parts = self.part_ids.filtered(lambda move: move._origin and move.state != "cancel")
        undone = parts.filtered(lambda move: move.state != "done")
        missing = undone.filtered(lambda move: move.state == "draft" or move._get_missing_qty() > 0)
        lines = self._get_missing_lines()
        if not missing and not lines:
            waited = self.service_line_ids.filtered(lambda line: line.is_blocking and line.state == "done")
            return "ready" if undone or (waited and not parts) else "consumed" if parts else "none"
        if any(move.state == "draft" or move._get_uncovered_qty() > 0 for move in missing):
            return "to_request"
        if any(line.state == "rejected" for line in lines):
            return "to_request"
        held = any(move._is_held() for move in missing) or any(line.state != "ordered" for line in lines)
        return "requested" if held else "ordered"

    @api.depends("parts_state", "parts_ready_date", "part_ids.quantity", "part_ids.product_uom_qty")
    def _compute_parts_message(self):
        for request in self:
            request.parts_message = request._describe_missing_parts() or False

    @api.depends("requisition_line_ids.requisition_id")
    def _compute_requisition_ids(self):
        for request in self:
            request.requisition_ids = request.requisition_line_ids.requisition_id
            request.requisition_count = len(request.requisition_ids)

    @api.depends("purchase_line_ids.order_id")
    def _compute_maintenance_purchase_order_ids(self):
        # that an order exists is no secret; its form asks for purchase rights
        for request in self:
            orders = request.purchase_line_ids.order_id
            request.maintenance_purchase_order_ids = orders
            request.maintenance_purchase_order_count = len(orders)

    def _fetch_query(self, query, fields):
        """Whoever asks for the parts looks at them: one query brings both."""
        fetched = super()._fetch_query(query, [field for field in fields if field.name != "part_ids"])
        if any(field.name == "part_ids" for field in fields):
            fetch_rows(fetched, "part_ids")
        return fetched

    # -- Actions ------------------------------------------------------------------------------

    def action_request_parts(self, offer=True):
        """Ask for what the parts of the work orders lack; they wait for it from then on.

        Short parts become procurements; those to be bought are held as requisition lines.

        :param bool offer: for one work order, when something that is short can be had otherwise (an
            alternate on the shelf, something on its way that nobody needs), ask for nothing yet.
        :returns: then, an action that opens the choice.
        :raises UserError: the work is not approved, is over, or no supply route exists.
        """
        self._require_may_request_parts()
        self._serialise()
        # sudo: technicians cause procurements and reservations without inventory rights
        requests = self.sudo()
        requests.part_ids._maintenance_explode_kits()
        waiting = requests.part_ids.filtered(lambda move: move.state in ("confirmed", "partially_available"))
        waiting._maintenance_filter_reservable()._action_assign()
        short = requests.part_ids.filtered(lambda move: move._get_uncovered_qty() > 0)
        choice = self._offer_other_ways() if offer and short and len(self) == 1 else False
        if choice:
            return choice
        short._check_part()
        short._procure_parts()
        short_of_parts = requests.filtered(
            lambda request: request.state != "waiting_parts" and request._is_short()
        )
        short_of_parts._move_to("waiting_parts")
        if short:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Nothing to ask for: every part is reserved or on its way."),
            },
        }

    def _require_may_request_parts(self):
        """:raises UserError: the user is not of the team, or the work is not approved or over."""
        for request in self:
            if not (request._user_is_planner() or request._user_is_technician()):
                raise UserError(
                    self.env._(
                        "Parts for %s are asked for by the technicians of its team or a planner.",
                        request.display_name,
                    )
                )
            if request.state not in PLANNED_STATES:
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s”; parts can be asked for once it is approved "
                        "and until it is completed.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )

    @api.readonly
    def action_view_requisitions(self):
        return self.requisition_ids._get_records_action(name=self.env._("Requisitions"))

    @api.readonly
    def action_view_purchase_orders(self):
        return self.maintenance_purchase_order_ids._get_records_action(name=self.env._("Purchase orders"))

    def _maintenance_has_history(self):
        job = self.sudo()  # as there
        is_used = "done" in job.part_ids.mapped("state")
        return super()._maintenance_has_history() or is_used or bool(job.requisition_line_ids)

    def _serialise(self):
        """Let two who ask for the same work order at once come one after the other.

        Touching the row makes the later transaction fail and be tried again, seeing what the
        earlier one asked for; a mere lock would let it go on with what it saw before.
        """
        if self.ids:
            self.env.cr.execute(
                SQL("UPDATE maintenance_request SET write_date = write_date WHERE id IN %s", self._ids)
            )

    # -- Missing parts --------------------------------------------------------------------------

    def _get_missing_parts(self):
        """Parts that are not (wholly) reserved."""
        return self.sudo().part_ids.filtered(lambda move: move._get_missing_qty() > 0)

    def _describe_missing_parts(self):
        """“1 × Bearing 6204, expected 24 Nov 2026, P00012”, one piece per missing part or service."""
        self.ensure_one()
        pieces = [move._describe_shortage() for move in self._get_missing_parts()]
        return "; ".join(pieces + [line._describe_shortage() for line in self._get_missing_lines()])

    def _check_part_access(self, adding=False):
        """:raises UserError: the user may not change the parts, or the work is over.

        Parts of completed work can still come back, but nothing would use new ones.
        """
        for request in self:
            if request.state in ("closed", "cancelled", *(("completed",) if adding else ())):
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s”; reopen it to change its parts.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )
            if not (request._user_is_planner() or request._user_is_technician()):
                raise UserError(
                    self.env._(
                        "Parts of %s are kept by the technicians of its team or a planner.",
                        request.display_name,
                    )
                )

    # -- Waiting and waking up -------------------------------------------------------------------

    def _on_parts_changed(self, lost=None):
        """Wake up work whose parts are all reserved; stop work that lost a reservation.

        :param lost: moves whose reservation was just taken away, or requisition lines of which
            something was taken back.
        """
        lost = self.env["stock.move"] if lost is None else lost
        if lost._name == "stock.move":
            lost._refresh_sharing()
        ready = self.filtered(lambda request: request.state == "waiting_parts" and not request._is_short())
        if ready:
            ready._wake_up()
        stopped = lost.maintenance_request_id.filtered(
            lambda request: request.state in ("approved", "assigned", "in_progress")
            and request._is_short()
        )
        if stopped:
            stopped._wait_again()

    def _wake_up(self):
        by_state = defaultdict(self.browse)
        for request in self:
            state = (
                "in_progress" if request.date_started else "assigned" if request.date_assigned else "approved"
            )
            by_state[state] |= request
        for state, requests in by_state.items():
            requests._move_quietly(state)
        self._maintenance_tell_technicians(
            lambda request: request._maintenance_describe_parts_here(),
            lambda request, count: request.env._("The parts of %s work orders are here", count),
        )
        # sudo: as `_in_technician_language`
        self.sudo()._schedule_parts_activity()

    def _maintenance_describe_parts_here(self):
        parts = self.part_ids.filtered(lambda move: move.state in ("assigned", "done"))
        if not parts:
            return self.env._("No part is missing any more.")
        return self.env._("All parts are here: %s.", parts._describe_parts())

    def _schedule_parts_activity(self):
        """One to-do per work order; the message is the notification, a second one would repeat it."""
        # sudo: whoever validates a receipt makes to-dos for technicians
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)._maintenance_create(
            "keepwisely_maintenance.mail_activity_parts_ready",
            [
                (request, {"user_id": user.id})
                for request in self
                for user in request._maintenance_get_users_told()
            ],
        )

    def _wait_again(self):
        self._move_quietly("waiting_parts")
        self._maintenance_tell_technicians(
            lambda request: request.env._(
                "Something it had was taken away: waits for %s.", request._describe_missing_parts()
            ),
            lambda request, count: request.env._("%s work orders wait for parts again", count),
        )

    def _move_quietly(self, state):
        """Move for the system, whoever caused it; the technician is told why in a message of its own."""
        self.sudo()._move_to(state)

    def _in_technician_language(self):
        self.ensure_one()
        # sudo: whoever validates a receipt tells technicians whose work orders they cannot read
        return self.sudo().with_context(lang=self._maintenance_get_users_told()[:1].sudo().lang or self.env.lang)

    def _maintenance_tell_technicians(self, describe, announce):
        """Notify whoever does the work, once for all of it; below each work order stands what is about it.

        :param describe: gives what is said about a work order, in the language of who is told.
        :param announce: gives the subject of a message about several, from one of them and their number.
        """
        told = {}
        for request in self:
            request = request._in_technician_language()
            told.setdefault((request._maintenance_get_users_told(), request.env.lang), []).append(request)
        for (users, _lang), requests in told.items():
            if len(requests) == 1 or not users:
                for request in requests:
                    request._tell_technician(describe(request))
            else:
                bodies = {request: describe(request) for request in requests}
                requests[0].union(*requests)._maintenance_tell_together(users, bodies, announce(requests[0], len(requests)))

    def _maintenance_tell_together(self, users, bodies, subject):
        """One message to ``users`` about all of these; a note of its own below each of them."""
        root = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        self._message_log_batch({request.id: body for request, body in bodies.items()}, author_id=root)
        lines = [Markup("<li>%s: %s</li>") % (request._get_html_link(), body) for request, body in bodies.items()]
        self.browse().message_notify(
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>") % (subject, Markup("").join(lines)),
            partner_ids=users.partner_id.ids,
            author_id=root,
        )

    def _tell_technician(self, body):
        """Notify whoever does the work, once."""
        self.ensure_one()
        self.message_post(
            body=body,
            subtype_xmlid="mail.mt_note",
            partner_ids=self._maintenance_get_users_told().partner_id.ids,
            author_id=self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root"),
        )

    def _track_subtype(self, init_values):
        """Waiting and waking up are only logged; the message of `_tell_technician` is the notification."""
        if "stage_id" in init_values and "waiting_parts" in (init_values["stage_id"].state, self.state):
            return False
        return super()._track_subtype(init_values)

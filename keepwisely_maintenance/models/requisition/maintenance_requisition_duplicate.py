from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ...words import format_day, format_number

#: Kinds of rows of the demand view that bring a product.
COMING_KINDS = ("requisition", "rfq", "order", "incoming")

#: What tells rows apart, as in `DemandRow`.
ROW_FIELDS = [
    "kind",
    "is_free",
    "warehouse_id",
    "maintenance_request_id",
    "equipment_id",
    "requisition_line_id",
    "requisition_id",
    "purchase_order_id",
    "picking_id",
    "alternate_product_id",
]


class DemandRow(NamedTuple):
    """Rows of the demand view about one product in one company, added up by document."""

    kind: str
    is_free: bool
    warehouse: models.BaseModel
    request: models.BaseModel
    equipment: models.BaseModel
    requisition_line: models.BaseModel
    requisition: models.BaseModel
    order: models.BaseModel
    picking: models.BaseModel
    alternate: models.BaseModel
    quantity: float
    possible_qty: float
    date: object
    number: int


class ProductDemand:
    """All rows about one product in one company, in the order of the kinds, and by what they are looked for by.

    Many lines may ask for the product, so none of them looks at all rows.
    """

    def __init__(self, rows):
        self.by_kind, self.free = defaultdict(list), []
        self.for_asset, self.for_job, self.missing = defaultdict(list), defaultdict(list), defaultdict(float)
        for row in rows:
            self.by_kind[row.kind].append(row)
            if row.kind == "work_order":
                self.missing[row.request.id] -= row.quantity
            elif row.kind in COMING_KINDS:
                self.for_job[row.request.id].append(row)
                (self.free if row.is_free else self.for_asset[row.equipment.id]).append(row)


class MaintenanceRequisitionLineDuplicate(models.Model):
    """Whether a line asks for what is there, or on its way, already.

    What is promised to another job is no duplicate: two jobs may need the same part. A line may
    duplicate what else was asked for its work order beyond what that lacks, what was asked for
    the same asset, what comes for nobody in particular, and what lies free on a shelf.
    """

    _inherit = "maintenance.requisition.line"

    is_duplicate = fields.Boolean(
        "May be a duplicate", compute="_compute_duplicate_message", compute_sudo=True
    )
    duplicate_message = fields.Char(
        "There already", compute="_compute_duplicate_message", compute_sudo=True,
        help="What is there or on its way already, and what could be used instead.",
    )  # fmt: skip

    @api.depends(
        "state",
        "product_id",
        "product_qty",
        "product_uom_id",
        "qty_ordered",
        "maintenance_request_id",
        "equipment_id",
        "requisition_id.company_id",
    )
    def _compute_duplicate_message(self):
        """Once it is ordered a line warns no longer: then the order is the place to change it."""
        self.is_duplicate = self.duplicate_message = False
        held = self.filtered(
            lambda line: line.state in ("draft", "to_approve", "approved")
            and line.product_id
            and line._get_held_qty(line.product_uom_id) > 0
        )
        demands = held._get_demands()
        for line in held:
            demand = demands.get((line.product_id._origin, line.requisition_id.company_id))
            if not demand and not line.part_move_ids:
                continue
            demand = demand or ProductDemand([])
            messages = [line._describe_row(row) for row in line._find_duplicates(demand)]
            if line._is_covered(demand):
                messages.append(
                    self.env._("nothing of it is missing on %s any more", line.maintenance_request_id.reference)
                )
            line.is_duplicate = bool(messages)
            messages += [line._describe_row(row) for row in demand.by_kind["alternate"]]
            line.duplicate_message = "; ".join(messages)

    def _get_demands(self):
        """What the demand view says about the products of the lines, in one query.

        :returns: ``{(product, company): ProductDemand}``
        """
        if not self:
            return {}
        rows = defaultdict(list)
        found = self.env["maintenance.part.demand"]._read_group(
            [
                ("product_id", "in", self.product_id._origin.ids),
                ("company_id", "in", self.requisition_id.company_id.ids),
                ("kind", "!=", "orderpoint"),
            ],
            ["product_id", "company_id", *ROW_FIELDS],
            ["quantity:sum", "possible_qty:sum", "date:max"],
        )
        for number, (product, company, *values) in enumerate(found):
            rows[product, company].append(DemandRow(*values, number))
        return {key: ProductDemand(of_product) for key, of_product in rows.items()}

    # -- Judging ----------------------------------------------------------------------------------

    def _find_duplicates(self, demand):
        """The rows that this line may duplicate."""
        if self.orderpoint_id:
            # a reorder point has counted what comes to its place; what people ask for names none
            return [
                row
                for row in demand.free
                if row.kind == "requisition" and not self._is_own(row) and not row.requisition_line.location_id
            ]
        job, asset = self.maintenance_request_id._origin, self.equipment_id._origin
        for_asset = [row for row in demand.for_asset[asset.id] if not job or row.request != job] if asset else []
        found = sorted([*demand.free, *for_asset], key=lambda row: row.number)
        found = [row for row in found if not self._is_own(row)]
        for_job = [row for row in demand.for_job[job.id] if job and not self._is_own(row)]
        if for_job and self._is_more_than_missing(demand):
            found += for_job
        return found + [
            row for row in demand.by_kind["stock"] if row.quantity >= self._get_held_qty(self.product_id.uom_id)
        ]

    def _is_own(self, row):
        return bool(row.requisition_line) and row.requisition_line == self._origin

    def _is_for_same_job(self, row):
        return bool(row.request) and row.request == self.maintenance_request_id._origin

    def _is_more_than_missing(self, demand):
        """Whether this line and all else that comes for its work order is more than that lacks.

        Asking for a second part of the kind, or for more of one, is no duplicate.
        """
        uom, job = self.product_id.uom_id, self.maintenance_request_id._origin
        coming = self._get_held_qty(uom) + sum(
            row.quantity for row in demand.for_job[job.id] if not (row.kind == "requisition" and self._is_own(row))
        )
        return uom.compare(coming, demand.missing[job.id]) > 0

    def _is_covered(self, demand):
        """Whether the parts that the line was asked for are all there by now."""
        parts = self.part_move_ids
        return (
            bool(parts)
            and self.product_uom_id.is_zero(demand.missing[self.maintenance_request_id._origin.id])
            and all(move.state != "draft" for move in parts)
        )

    # -- Telling ----------------------------------------------------------------------------------

    def _describe_row(self, row):
        """“5 on the way with P00012, expected 24 Nov 2026, for stock”."""
        words = [self._describe_supply(row)]
        if row.kind in COMING_KINDS:
            if row.date:
                words.append(self.env._("expected %s", format_day(self.env, row.date)))
            words.append(self._describe_purpose(row))
        return ", ".join(words)

    def _describe_supply(self, row):
        uom = self.product_id.uom_id
        quantity = format_number(self.env, uom.round(row.quantity or row.possible_qty))
        if self.product_uom_id != uom:
            quantity = f"{quantity} {uom.name}"
        if row.kind == "requisition":
            return self.env._("%(quantity)s asked for on %(document)s", quantity=quantity, document=row.requisition.name)
        if row.kind == "rfq":
            return self.env._(
                "%(quantity)s on the request for quotation %(document)s", quantity=quantity, document=row.order.name
            )
        if row.kind == "order":
            return self.env._("%(quantity)s on the way with %(document)s", quantity=quantity, document=row.order.name)
        if row.kind == "incoming":
            document = row.picking.name or row.order.name or row.warehouse.name
            return self.env._(
                "%(quantity)s on the way to the shelf with %(document)s", quantity=quantity, document=document
            )
        if row.kind == "alternate":
            return self.env._(
                "%(quantity)s × %(product)s free in %(warehouse)s, which can be used instead",
                quantity=quantity,
                product=row.alternate.name,
                warehouse=row.warehouse.name,
            )
        return self.env._("%(quantity)s free in %(warehouse)s", quantity=quantity, warehouse=row.warehouse.name)

    def _describe_purpose(self, row):
        job = row.request.reference or row.request.name
        if self._is_for_same_job(row):
            return self.env._("for the same work order")
        if row.is_free:
            return self.env._("left over from %s", job) if job else self.env._("for stock")
        return self.env._("for %s on the same asset", job) if job else self.env._("for the same asset")

    @api.readonly
    def action_view_demand(self):
        """Open who wants what is asked for and what else comes of it."""
        return self.product_id.action_view_demand()


class MaintenanceRequisitionDuplicate(models.Model):
    _inherit = "maintenance.requisition"

    has_duplicate = fields.Boolean(
        "May be a duplicate", compute="_compute_duplicate_message", compute_sudo=True
    )
    duplicate_message = fields.Text(
        "There already", compute="_compute_duplicate_message", compute_sudo=True,
        help="What of it is there or on its way already, and what could be used instead.",
    )  # fmt: skip

    @api.depends("line_ids.is_duplicate", "line_ids.duplicate_message")
    def _compute_duplicate_message(self):
        for requisition in self:
            lines = requisition.line_ids.filtered("duplicate_message")
            requisition.has_duplicate = any(lines.mapped("is_duplicate"))
            requisition.duplicate_message = "\n".join(
                f"{line.product_id.name}: {line.duplicate_message}" for line in lines
            )

    def _log_duplicates(self):
        """Write down at submission what the approvers were warned of; the banner changes with time."""
        notes = {}
        for requisition in self.filtered("has_duplicate"):
            body = Markup("%s<br/>%s") % (
                requisition.env._("Possible duplicate:"),
                Markup("<br/>").join(escape(line) for line in requisition.duplicate_message.split("\n")),
            )
            told = {html2plaintext(message.body) for message in requisition.message_ids}
            if html2plaintext(body) not in told:
                notes[requisition.id] = body
        if notes:
            root = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
            self.browse(notes)._message_log_batch(notes, author_id=root)

    @api.readonly
    def action_view_demand(self):
        """Open who wants what is asked for and what else comes of it."""
        return self.line_ids.action_view_demand()

from odoo import fields, models
from odoo.fields import Domain

from ...const import COSTS_GROUP

#: Asked for, and neither refused nor withdrawn.
LIVE_STATES = ("to_approve", "approved", "ordered", "done")


class MaintenanceRequisitionCountedTogether(models.Model):
    """What counts together when the tiers are chosen.

    All that is asked for a work order counts, so that many small requisitions meet the same tiers as
    one big one. What is for no work order counts per vendor and product over some days; what is not
    in the catalogue counts as one product per vendor, whatever it is called.
    """

    _inherit = "maintenance.requisition"

    def _get_job_amounts(self, counted=None):
        """Amount that decides the tiers, by requisition: of all the kinds on it, in the company's currency.

        :param dict counted: as of `_get_kind_amounts`, when the caller has it.
        """
        counted = self.line_ids._get_kind_amounts() if counted is None else counted
        amounts = {}
        for requisition in self:
            lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled)
            amounts[requisition] = sum(counted[kind] for kind in {line._get_kind() for line in lines})
        return amounts


class MaintenanceRequisitionLineCountedTogether(models.Model):
    """A kind is a job, or the stock of a product from a vendor; whatever comes to it counts, by whichever way it came."""

    _inherit = "maintenance.requisition.line"

    date_counted = fields.Datetime(
        readonly=True, copy=False, index="btree_not_null",
        help="When it was raised, or came to its job, stock or vendor, after it was asked for.",
    )  # fmt: skip
    amount_counted = fields.Monetary(
        readonly=True, copy=False, groups=COSTS_GROUP,
        help="What its job, or the stock of its product and vendor, came to when it was asked for.",
    )  # fmt: skip
    amount_raised = fields.Monetary(
        readonly=True, copy=False, groups=COSTS_GROUP,
        help="What orders cost beyond what was approved: more of the same, below the lowest tier.",
    )  # fmt: skip

    def _get_kind(self):
        """What the line counts for: ``(work order,)``, else company, vendor, product and, where all count alone, itself."""
        self.ensure_one()
        request = self.new_request_id if self.is_move_asked else self.maintenance_request_id
        if request:
            return (request,)
        vendor = self._get_asked_vendor().commercial_partner_id
        alone = self.requisition_id if not self.company_id.requisition_window_days else self.requisition_id.browse()
        return (self.company_id, vendor, self.product_id, alone)

    def _get_kind_amounts(self, purchases=None):
        """What the kinds of these lines come to, in the company's currency: these lines, and all others that live.

        :param purchases: order lines without a requisition that count, and whose kinds are asked for, too.
        """
        # sudo: what others asked for counts, whoever asks
        lines = self.sudo().filtered(lambda line: not line.is_cancelled)
        purchases = (purchases or self.env["purchase.order.line"]).sudo()
        kinds = {line: line._get_kind() for line in lines} | {row: row._maintenance_get_kind() for row in purchases}
        totals = dict.fromkeys(kinds.values(), 0.0)
        if not totals:
            return totals
        # so that it is written with the rest that is read from the database now
        lines.mapped("is_shared")
        for line in lines.filtered(lambda line: len(kinds[line]) > 1 and kinds[line][3]):
            totals[kinds[line]] += line.price_subtotal + line.amount_raised
        rows = self.env["maintenance.requisition.line"].sudo()._read_group(
            lines._get_counted_domain(totals),
            ["company_id", "maintenance_request_id", "is_move_asked", "new_request_id", "partner_id", "new_partner_id",
             "product_id", "is_cancelled"],
            ["price_subtotal:sum", "amount_raised:sum"],
        )  # fmt: skip
        none = self.env["maintenance.requisition"]
        for company, job, is_moving, new_job, vendor, new_vendor, product, is_cancelled, amount, raised in rows:
            request = new_job if is_moving else job
            kind = (request,) if request else (company, (new_vendor or vendor).commercial_partner_id, product, none)
            if kind in totals:
                totals[kind] += (0.0 if is_cancelled else amount or 0.0) + (raised or 0.0)
        jobs = self.env["maintenance.request"].union(*(kind[0] for kind in totals if len(kind) == 1))
        for kind, amount in [*lines._get_shared_amounts(jobs), *purchases._maintenance_get_direct_amounts(totals)]:
            if kind in totals:
                totals[kind] += amount
        return totals

    def _get_counted_domain(self, kinds):
        """These lines, and those of the same jobs or, within the window, of the same stock; of what was given up what is
        billed all the same.
        """
        live = Domain("id", "in", self.ids) | Domain("requisition_id.state", "in", LIVE_STATES)
        live = (live & Domain("is_cancelled", "=", False)) | (Domain("is_cancelled", "=", True) & Domain("amount_raised", ">", 0))
        jobs = [kind[0].id for kind in kinds if len(kind) == 1]
        stock = [kind for kind in kinds if len(kind) > 1 and not kind[3]]
        same = Domain("maintenance_request_id", "in", jobs) | Domain("new_request_id", "in", jobs)
        if stock:
            companies, vendors, products = (
                {kind[place].id for kind in stock} for place in range(3)
            )
            sold_by = Domain("partner_id.commercial_partner_id", "in", [*vendors - {False}])
            sold_by |= Domain("new_partner_id.commercial_partner_id", "in", [*vendors - {False}])
            if False in vendors:
                sold_by |= Domain("partner_id", "=", False)
            window = self.env["res.company"].browse(companies)._maintenance_get_window_domain()
            same |= (
                (Domain("maintenance_request_id", "=", False) | Domain("is_move_asked", "=", True))
                & Domain("product_id", "in", [*products])
                & sold_by
                & (Domain("id", "in", self.ids) | window)
            )
        return live & same

    def _get_shared_amounts(self, jobs):
        """What other jobs share with ``jobs`` counts for each of them: pairs of kind and amount."""
        if not jobs:
            return
        shared = self.search(
            Domain("is_shared", "=", True)
            & Domain("is_cancelled", "=", False)
            & Domain("requisition_id.state", "in", LIVE_STATES)
            & Domain("part_move_ids.maintenance_request_id", "in", jobs.ids)
        )
        for line in shared:
            own = line._get_kind()
            others = (line.part_move_ids.maintenance_request_id & jobs).filtered(lambda job, own=own: (job,) != own)
            for job in others:
                yield (job,), line.price_subtotal + line.amount_raised

    def _note_counted(self, counted):
        """What the kinds of the lines come to is what is decided on with them."""
        for line in self:
            if not line.is_cancelled:
                line._write_by_system({"amount_counted": counted[line._get_kind()]})

    def _get_uncovered(self, moved):
        """Lines whose kind comes to more than anybody decided on, as far as a tier wants to decide on it.

        :param moved: those of them that came to their kind now; they bring what was decided on themselves.
        """
        counted = self._get_kind_amounts()
        tiers = self.env["maintenance.approval.tier"]
        uncovered = self.browse()
        for line in self:
            kind, amount = line._get_kind(), counted[line._get_kind()]
            if not tiers._get_reached(line.company_id, amount):
                continue
            alike = line._get_alike() | moved.filtered(lambda other, kind=kind: other._get_kind() == kind)
            decided = [other.amount_counted for other in alike - moved if other._is_decided()]
            # what was decided on as one is decided on as one, wherever it goes
            decided += [sum(lines.mapped("price_subtotal")) for lines in alike.grouped("requisition_id").values()]
            limit = max(decided, default=0.0) * (1 + line.company_id.requisition_price_tolerance / 100)
            if line.currency_id.compare_amounts(amount, limit) > 0:
                uncovered |= line
        return uncovered

    def _get_alike(self):
        """The live lines of the same kind."""
        kind = self._get_kind()
        lines = self.search(self._get_counted_domain([kind])) if len(kind) == 1 or not kind[3] else self
        return lines.filtered(lambda line: not line.is_cancelled and line._get_kind() == kind)

    def _is_decided(self):
        requisition = self.requisition_id
        return bool(requisition.approved_revision) and requisition.approved_revision == requisition.revision

    # -- More of the same ---------------------------------------------------------------------------

    def _note_raised(self, order, placing):
        """Remember what an order costs beyond what was approved, so that many small raises meet the tiers of a big one."""
        raised = self._get_raised(order, placing)
        if not self.currency_id.compare_amounts(raised, self.amount_raised):
            return
        vals = {"amount_raised": raised}
        if raised > self.amount_raised:
            vals["date_counted"] = fields.Datetime.now()
        self._write_by_system(vals)

    def _get_raised(self, order, placing):
        """What the orders of the line cost beyond what is wanted of it and the tolerance, in the company's currency."""
        approved = 0.0 if self.is_cancelled else self._get_approved_amount()
        ordered = self._get_ordered_amount(order, placing)
        limit = approved * (1 + self.company_id.requisition_price_tolerance / 100)
        return ordered - approved if self.currency_id.compare_amounts(ordered, limit) > 0 else 0.0

    def _note_spent(self):
        """What is not wanted any more, or was refunded, changes what the orders of the lines cost beyond what is wanted."""
        for line in self:
            raised = line._get_raised(self.env["purchase.order"], placing=False)
            if line.currency_id.compare_amounts(raised, line.amount_raised):
                line._write_by_system({"amount_raised": raised})

    def write(self, vals):
        result = super().write(vals)
        if {"product_qty", "is_cancelled"} & vals.keys():
            # sudo: whoever needs less need not see what it costs
            self.sudo().filtered(lambda line: line._get_spending_lines(self.env["purchase.order"]))._note_spent()
        return result

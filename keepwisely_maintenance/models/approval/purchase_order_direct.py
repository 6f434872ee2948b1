from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_list, groupby

from .maintenance_requisition_counted_together import LIVE_STATES

#: Days for which a refused need is not bought for stock by an order of its own.
REFUSED_DAYS = 30

#: More than any tier begins at.
ALL = 1e15


class PurchaseOrderDirect(models.Model):
    """A buyer's own order for maintenance, without a requisition, meets the tiers that a requisition would meet.

    Below the lowest it is placed and recorded. Above, *Confirm* makes a requisition of these lines, with vendor
    and price as they are, and the order is confirmed once that is approved.
    """

    _inherit = "purchase.order"

    maintenance_needs_decision = fields.Boolean(
        compute="_compute_maintenance_needs_decision", compute_sudo=True,
        help="Lines for maintenance that no requisition asked for cost as much as a tier decides on.",
    )  # fmt: skip

    def _compute_maintenance_needs_decision(self):
        undecided = self.filtered(lambda order: order.state in ("draft", "sent", "to approve"))._maintenance_get_undecided()
        for order in self:
            order.maintenance_needs_decision = order in undecided

    def button_confirm(self):
        """As natively; what a tier decides on is asked for instead, and waits for that."""
        asking = self.filtered(lambda order: order.state in ("draft", "sent"))._maintenance_get_undecided()
        if not asking:
            return super().button_confirm()
        action = asking.action_maintenance_ask_for_decision()
        if self - asking:
            super(PurchaseOrderDirect, self - asking).button_confirm()
        return action

    def action_maintenance_ask_for_decision(self):
        """Make a requisition of the lines for maintenance that have none, with vendor and price as they are.

        :raises UserError: the user does not buy, there are no such lines, or what they are for was refused or is over.
        """
        if not self.env.su and not self.env.user.has_group("purchase.group_purchase_user"):
            raise UserError(self.env._("Orders are asked for by the buyers."))
        self.check_access("write")
        requisitions = self.env["maintenance.requisition"]
        for order in self:
            lines = order.order_line._maintenance_get_direct()
            if not lines or order.state not in ("draft", "sent", "to approve"):
                raise UserError(self.env._("Nothing on %s waits to be asked for.", order.name))
            order._maintenance_check_refused(lines)
            requisition = requisitions.create(
                {
                    "company_id": order.company_id.id,
                    "reason": self.env._("Asked for by the order %s.", order.name),
                    "line_ids": [Command.create(line._maintenance_prepare_requisition_line()) for line in lines],
                }
            )
            for line, asked in zip(lines, requisition.line_ids, strict=True):
                # sudo: the link between order and approval is the system's, and so is whose values stand there
                line.sudo().requisition_line_id = asked
                for author in (line.create_uid | line.maintenance_author_ids) - self.env.ref("base.user_root"):
                    asked._add_raised_by(author.id)
            requisition.action_submit()
            requisitions |= requisition
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%(requisitions)s asks for the decision; confirm %(orders)s once it is approved.",
                    requisitions=format_list(self.env, requisitions.mapped("name")),
                    orders=format_list(self.env, self.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _maintenance_get_undecided(self):
        """Those with lines without a requisition that cost as much as a tier decides on."""
        tiers, undecided = self.env["maintenance.approval.tier"], self.browse()
        for order in self:
            # sudo: whoever orders need not see all that counts together
            direct = order.sudo().order_line._maintenance_get_direct()
            company = direct.company_id
            if company.maintenance_order_rule == "tiers" and tiers._get_reached(company, direct._maintenance_get_job_amount()):
                undecided |= order
        return undecided

    def _maintenance_check_direct(self, lines, before, placing):
        """:raises UserError: a tier decides on what ``lines`` without a requisition cost, or it was refused.

        :param dict before: what was so before the change, as of `_maintenance_get_placed_amounts`.
        """
        changed = lines._maintenance_get_direct().filtered(
            lambda line: placing
            or line not in before
            or line._maintenance_get_spent(self, placing) > before[line][1]
            or line._maintenance_get_kind() != before[line][0]
        )
        if not changed or self.company_id.maintenance_order_rule != "tiers":
            return
        self._maintenance_check_refused(changed)
        amount = changed._maintenance_get_job_amount()
        lowest = self.env["maintenance.approval.tier"]._get_reached(self.company_id, amount)[:1]
        if lowest:
            raise UserError(
                self.env._(
                    "%(tier)s decides on what %(order)s buys for maintenance, %(amount)s with what counts together; ask for the "
                    "decision on a draft of the order by Confirm, and put there what is added to a placed one.",
                    tier=lowest.name,
                    order=self.name,
                    amount=self.company_id.currency_id.format(amount),
                )
            )
        if placing:
            self._message_log(body=self.env._("Bought for maintenance without a requisition: below the lowest approval tier."))

    def _maintenance_check_refused(self, lines):
        """:raises UserError: a need that was refused is bought by an order of its own."""
        for line in lines:
            refused = line._maintenance_find_refused()
            if refused:
                raise UserError(
                    self.env._(
                        "%(line)s was refused on %(requisition)s; change that and submit it again instead of ordering it on "
                        "%(order)s.",
                        line=refused.name,
                        requisition=refused.requisition_id.name,
                        order=self.name,
                    )
                )


class PurchaseOrderLineDirect(models.Model):
    _inherit = "purchase.order.line"

    def _maintenance_get_direct(self):
        """Those for maintenance that no requisition asked for."""
        return self.filtered(
            lambda line: not line.display_type
            and not line.is_downpayment
            and not line.requisition_line_id
            and (line.product_id.is_spare_part or line.maintenance_request_id or line.equipment_id)
        )

    def _maintenance_get_kind(self):
        """What the line counts for, as `_get_kind` of requisition lines."""
        if self.maintenance_request_id:
            return (self.maintenance_request_id,)
        company = self.order_id.company_id
        product = self.product_id - self._maintenance_get_one_offs()
        # where everything counts by itself, an order does: the number tells it from requisitions
        alone = self.env["maintenance.requisition"]
        if not company.requisition_window_days:
            alone = alone.browse(-self.order_id.id) if self.order_id.id else alone
        return (company, self.order_id.partner_id.commercial_partner_id, product, alone)

    def _maintenance_get_one_offs(self):
        # remembered, while `ref` looks each time whether they exist
        find = self.env["ir.model.data"]._xmlid_to_res_id
        names = ("product_one_off", "product_one_off_service")
        return self.env["product.product"].browse(find(f"keepwisely_maintenance.{name}") for name in names)

    def _maintenance_get_direct_amounts(self, kinds):
        """What these lines, and those that are placed, cost without a requisition: pairs of kind and amount."""
        jobs = [kind[0].id for kind in kinds if len(kind) == 1]
        stock = [kind for kind in kinds if len(kind) > 1 and not kind[3]]
        placed = Domain("maintenance_request_id", "in", jobs)
        for company, goods in groupby(stock, lambda kind: kind[0]):
            since = fields.Datetime.subtract(fields.Datetime.now(), days=company.requisition_window_days)
            products = self.env["product.product"].union(*(kind[2] for kind in goods))
            if any(not kind[2] for kind in goods):
                products |= self._maintenance_get_one_offs()
            placed |= (
                Domain("maintenance_request_id", "=", False)
                & Domain("company_id", "=", company.id)
                & Domain("product_id", "in", products.ids)
                & Domain("order_id.partner_id.commercial_partner_id", "in", [kind[1].id for kind in goods])
                & Domain("order_id.date_approve", ">=", since)
            )
        lines = self | self.search(
            placed & Domain("requisition_line_id", "=", False) & Domain("order_id.state", "=", "purchase")
        )
        for line in lines._maintenance_get_direct():
            order = line.order_id
            yield line._maintenance_get_kind(), line._maintenance_get_spent(order, placing=order.state != "purchase")

    def _maintenance_get_job_amount(self):
        """What decides which tiers the lines meet, in the company's currency."""
        if not self:
            return 0.0
        return sum(self.env["maintenance.requisition.line"]._get_kind_amounts(self).values())

    def _maintenance_prepare_requisition_line(self):
        """Values of the requisition line that asks for what stands on the order."""
        self.ensure_one()
        one_off = self.product_id & self._maintenance_get_one_offs()
        price = self.price_subtotal / self.product_qty if self.product_qty else self.price_unit_discounted
        return {
            "product_id": False if one_off else self.product_id.id,
            "name": self.name if one_off else self.product_id.display_name,
            "is_service": self.product_id.type == "service",
            "product_qty": self.product_qty,
            "product_uom_id": self.product_uom_id.id,
            "partner_id": self.order_id.partner_id.id,
            "price_unit": price / self.order_id._get_rate_to_check(placing=True),
            "is_price_manual": True,
            "date_required": self.date_planned and self.company_id._get_plant_day(self.date_planned),
            "maintenance_request_id": self.maintenance_request_id.id,
            "equipment_id": self.equipment_id.id,
            "analytic_distribution": self.analytic_distribution,
        }

    def _maintenance_find_refused(self):
        """The refused requisition line that this one would buy all the same, unless it was approved since."""
        # sudo: refused to whomever
        asked = self.env["maintenance.requisition.line"].sudo()
        product = self.product_id - self._maintenance_get_one_offs()
        same = Domain("company_id", "=", self.company_id.id) & Domain("product_id", "=", product.id)
        if not product:
            vendor = self.order_id.partner_id.commercial_partner_id
            same &= Domain("partner_id.commercial_partner_id", "=", vendor.id)
        if self.maintenance_request_id:
            same &= Domain("maintenance_request_id", "=", self.maintenance_request_id.id)
        refused = asked.search(same & Domain("state", "=", "rejected"), order="id desc", limit=1)
        if refused and not self.maintenance_request_id:
            since = fields.Datetime.subtract(fields.Datetime.now(), days=REFUSED_DAYS)
            refused = refused.filtered(lambda line: line.requisition_id.decision_ids[:1].create_date >= since)
        approved = same & Domain("state", "in", LIVE_STATES[1:]) & Domain("id", ">", refused.id)
        return asked if refused and asked.search(approved, limit=1) else refused

    def _maintenance_find_around(self):
        """Of these placed lines those bought without a requisition at what a tier decides on: where the company leaves
        that to the buyers, or more came or was billed than was ordered. A fixed number of queries.
        """
        spent = {line: line._maintenance_get_spent(line.order_id, placing=False) for line in self._maintenance_get_direct()}
        direct = self.browse().union(*spent)
        kinds = {line: line._maintenance_get_kind() for line in direct}
        jobs = self.env["maintenance.requisition.line"]._get_kind_amounts(direct.filtered("maintenance_request_id"))
        lowest = {
            company: min(self.env["maintenance.approval.tier"]._get_reached(company, ALL).mapped("min_amount"), default=ALL)
            for company in direct.company_id
        }
        for_stock = {kind: lines for kind, lines in direct.grouped(kinds.get).items() if kind not in jobs}
        around = self.browse()
        for order, lines in direct.grouped("order_id").items():
            near = timedelta(days=order.company_id.requisition_window_days)
            mine = {kinds[line] for line in lines}
            amount = sum(jobs.get(kind, 0.0) for kind in mine)
            amount += sum(
                spent[other]
                for kind in mine
                for other in for_stock.get(kind, ())
                if abs(other.order_id.date_approve - order.date_approve) <= near
            )
            if amount < lowest[order.company_id]:
                continue
            rate, currency = order._get_rate_to_check(placing=False), order.company_id.currency_id
            around |= lines.filtered(
                lambda line, rate=rate, currency=currency: line.company_id.maintenance_order_rule != "tiers"
                or currency.compare_amounts(spent[line], line.price_subtotal / rate) > 0
            )
        return around

    # -- Purpose ------------------------------------------------------------------------------------

    def _maintenance_has_purpose(self):
        """Whether the line is for an open work order, an asset in use or a reorder point, or was asked for."""
        today = self.company_id._get_plant_day()
        asset, job = self.equipment_id, self.maintenance_request_id
        return bool(
            self.requisition_line_id
            or (job and job.state not in ("closed", "cancelled"))
            or (asset.active and not (asset.scrap_date and asset.scrap_date <= today))
            or self.orderpoint_id.active
        )

    def _maintenance_names_purpose(self):
        return bool(self.requisition_line_id or self.maintenance_request_id or self.equipment_id or self.orderpoint_id)

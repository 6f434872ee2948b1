import math
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ...const import PLANNED_STATES, UNATTENDED


class MaintenanceScheduleSupply(models.Model):
    """Parts of preventive work are on the shelf on the day it is due.

    As soon as work is so near that its parts have to be ordered, they become dated demand: stock moves of
    the asset's line (``stock_move_planned``), since the work order may be made later, or only when the last
    one is completed. The work order takes them over. What the schedule has asked for once it does not ask
    for again: of each planned part there is one move from its first day to the job's end.
    """

    _inherit = "maintenance.schedule"

    @api.model
    def _secure_parts(self, lines):
        """Bring the planned parts of ``lines`` in line with what is due, and ask for what is missing."""
        lines = lines.try_lock_for_update(allow_referencing=True)
        # nobody presses a button for it: the system asks, and what cannot be submitted becomes an activity
        lines = lines.with_context(maintenance_unattended=UNATTENDED).sudo()
        leads = lines._get_part_leads()
        planned = lines._sync_planned_parts(leads)
        requests = lines._get_requests_to_supply(leads)
        requests.part_ids.filtered(lambda move: move.state == "draft")._confirm_part()
        parts = requests.part_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        (planned | parts)._secure()
        requests.filtered(
            lambda request: request.state in PLANNED_STATES
            and request.state not in ("waiting_parts", "in_progress")
            and request._is_short()
        )._move_to("waiting_parts")

    def write(self, vals):
        result = super().write(vals)
        if {"active", "end_date", "equipment_ids", "category_id"} & vals.keys():
            self.sudo().with_context(active_test=False).asset_ids._drop_planned_parts()
        return result


class MaintenanceScheduleAssetSupply(models.Model):
    _inherit = "maintenance.schedule.asset"

    part_move_ids = fields.One2many("stock.move", "schedule_asset_id", "Parts")

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._drop_planned_parts()
        return result

    # -- Lead times -----------------------------------------------------------------------------------

    def _get_warehouses(self):
        """Where the parts of the work orders of each line are taken from, as on the work order."""
        warehouses = self.env["stock.warehouse"]
        first = {
            company: warehouses.search([("company_id", "=", company.id)], limit=1) for company in self.company_id
        }
        found = {}
        for line in self:
            warehouse = line.equipment_id.location_id.warehouse_id
            found[line] = warehouse if warehouse.company_id == line.company_id else first[line.company_id]
        return found

    def _get_part_leads(self):
        """Days from asking for a part until it is on the shelf, by line and part of its schedule.

        The lead times of the rules and the vendor, the company's days to purchase, and by how much the
        vendor is usually late. Of what nobody sells nothing is known; it is asked for with the work order.
        """
        known, leads, warehouses = {}, {}, self._get_warehouses()
        by_company = self.filtered("schedule_id.part_ids").grouped("company_id")
        for company, lines in by_company.items():
            products = lines.schedule_id.part_ids.product_id.with_company(company)
            sellers = {product: product._select_seller(quantity=None) for product in products}
            vendors = self.env["res.partner"].union(*(seller.partner_id for seller in sellers.values()))
            lateness = vendors._get_vendor_lateness(company)
            for line in lines:
                warehouse = warehouses[line]
                for part in line.schedule_id.part_ids:
                    product = part.product_id.with_company(company)
                    if (product, warehouse) not in known:
                        vendor = sellers[product].partner_id.commercial_partner_id
                        late = max(math.ceil(lateness.get(vendor.id, (0.0, 0))[0]), 0)
                        known[product, warehouse] = line._get_rule_lead(product, warehouse) + late
                    leads[line, part] = known[product, warehouse]
        return leads

    def _get_rule_lead(self, product, warehouse):
        rules = product._get_rules_from_location(warehouse.lot_stock_id)
        delays, _words = rules.with_context(bypass_delay_description=True, bypass_global_horizon_days=True)._get_lead_days(
            product
        )
        return math.ceil(delays["total_delay"] - delays["no_vendor_found_delay"])

    # -- Planned parts -------------------------------------------------------------------------------

    def _get_planned_parts(self):
        """Open planned parts of the lines, the first to be due first."""
        return self.env["stock.move"].sudo().search(
            [
                ("schedule_asset_id", "in", self.ids),
                ("maintenance_request_id", "=", False),
                ("state", "not in", ("done", "cancel")),
            ],
            order="schedule_due_date, id",
        )

    def _get_next_planned_parts(self):
        """The planned parts that the next work order takes over, by line."""
        found, warehouses = defaultdict(self.env["stock.move"].sudo), self._get_warehouses()
        for move in self._get_planned_parts():
            line, part = move.schedule_asset_id, move.schedule_part_id
            if part not in found[line].schedule_part_id and move._fits(part, warehouses[line]):
                found[line] |= move
        return found

    def _drop_planned_parts(self):
        """Give up what is planned for assets and schedules that are not maintained any more."""
        gone = self.filtered(lambda line: not line._is_running() or not line.next_date)
        if gone:
            gone._get_planned_parts()._give_up()

    def _get_coming_dates(self, rule, until):
        """Days until ``until`` on which work is due and has no work order yet, as far as can be told."""
        self.ensure_one()
        due = self.next_date
        if not due or due > until:
            return []
        dates = [due]
        days = self._get_days_between()
        if days:
            coming = math.floor((until - due).days / days)
            return dates + [due + timedelta(days=math.floor(number * days)) for number in range(1, coming + 1)]
        counted = self._get_counted_from() or not self.next_nominal_date
        anchor, nominal = (due, due) if counted else (self.start_date, self.next_nominal_date)
        for _nominal, later in rule.get_dates(anchor, nominal, due):
            if later > until:
                break
            dates.append(later)
        return dates

    def _get_dates_to_supply(self, rule, until):
        """Days until ``until`` for which parts are planned."""
        return self._get_coming_dates(rule, until)

    def _sync_planned_parts(self, leads):
        """Make, move, change or give up planned parts so that each due date within a part's lead time has it.

        A date that moves takes its part along, so nothing is asked for twice.

        :returns: the planned parts.
        """
        rules = self.schedule_id._get_rules()
        planned, warehouses = self._get_planned_parts(), self._get_warehouses()
        existing = planned.grouped(lambda move: (move.schedule_asset_id, move.schedule_part_id))
        vals_list, kept = [], planned.browse()
        for line in self.filtered(lambda line: line._is_running() and line.next_date):
            today, warehouse = line.company_id._get_plant_day(), warehouses[line]
            # a kit is taken apart on the work order
            for part in line.schedule_id.part_ids.filtered("product_id.active"):
                if part.product_id.with_company(line.company_id)._is_maintenance_kit():
                    continue
                dates = line._get_dates_to_supply(rules[line.schedule_id], today + timedelta(days=leads[line, part]))
                moves = existing.get((line, part), planned.browse())
                moves = moves.filtered(lambda move, part=part, warehouse=warehouse: move._fits(part, warehouse))
                for move, due in zip(moves, dates, strict=False):
                    move._replan(due, part.product_uom_qty)
                    kept |= move
                vals_list += [line._prepare_planned_part_vals(part, due, warehouse) for due in dates[len(moves) :]]
        (planned - kept)._give_up()
        created = planned.create(vals_list)
        if created:
            created._action_confirm(merge=False)
        return kept | created

    def _prepare_planned_part_vals(self, part, due, warehouse):
        self.ensure_one()
        picking_type = warehouse.maintenance_type_id
        return {
            **part._prepare_part_vals(),
            "schedule_asset_id": self.id,
            "schedule_due_date": due,
            "company_id": self.company_id.id,
            "picking_type_id": picking_type.id,
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": picking_type.default_location_dest_id.id,
            "warehouse_id": warehouse.id,
            "origin": self.schedule_id.name,
            "date": self.company_id._get_plant_moment(due),
            "procure_method": "make_to_stock",
        }

    def _get_requests_to_supply(self, leads):
        """Open work orders of the schedule whose parts have to be asked for by now.

        Also those that wait for approval: their parts take as long. What they cost is approved apart.
        """
        requests = self.env["maintenance.request"].search(
            [("schedule_asset_id", "in", self.ids), ("state", "in", ("requested", *PLANNED_STATES))]
        )
        longest = defaultdict(int)
        for (line, _part), days in leads.items():
            longest[line] = max(longest[line], days)

        def is_near(request):
            planned = request.company_id._get_plant_day(request.schedule_date)
            return planned <= request.company_id._get_plant_day() + timedelta(days=longest[request.schedule_asset_id])

        with_parts = requests.filtered(lambda request: request.schedule_asset_id in longest and request.schedule_date)
        return with_parts.filtered(is_near)

from odoo import Command, fields


class MoneyActs:
    """What the rows of the table of roles about asking, approving, ordering and costs do; see `test_roles`."""

    def _asks_by_hand(self, user, cell):
        requisition = self.env["maintenance.requisition"].with_user(user).create(
            {"line_ids": [Command.create({"product_id": self.seal.id, "product_qty": 1})]}
        )
        requisition.action_submit()

    def _sees_prices(self, user, cell):
        requisition = self._waiting_requisition().with_user(user)
        requisition.read(["amount_total"])
        requisition.line_ids.read(["price_unit", "price_subtotal"])

    def _sees_costs(self, user, cell):
        self._short_work().with_user(user).read(["total_cost", "committed_cost"])

    def _prices(self, user, cell):
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"name": "Gasket", "product_qty": 1})]}
        )
        requisition.action_submit()
        line = requisition.line_ids.with_user(user)
        line.write({"partner_id": self.vendor.id, "price_unit": 9})
        line.requisition_id.action_submit()

    def _approves_spending(self, user, cell):
        self._waiting_requisition().with_user(user).action_approve()

    def _decides_line_by_line(self, user, cell):
        request = self._assigned()
        for product in (self.pump, self._create_part("Gear", 800.0), self._create_part("Shaft", 700.0)):
            self._add_part(request, product, 1)
        request.action_request_parts(offer=False)
        gear, pump, shaft = request.sudo().requisition_line_ids.sorted("name")
        gear.requisition_id.with_user(user).action_decide_lines(gear.ids, pump.ids, "Enough for now")
        self.assertEqual((gear.state, shaft.state, pump.state), ("rejected", "approved", "to_approve"))

    def _approves_own_money(self, user, cell):
        """With every right to write a price and to decide: on their own they do not."""
        tier = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)], limit=1)
        tier.user_ids |= user
        user.group_ids += self.env.ref("purchase.group_purchase_user")
        requisition = self.env["maintenance.requisition"].with_user(self.colleague).create(
            {"line_ids": [Command.create({"product_id": self.pump.id})]}
        )
        requisition.line_ids.with_user(user).price_unit = 950
        requisition.action_submit()
        self.env.invalidate_all()
        requisition.with_user(user).action_approve()

    def _delegates(self, user, cell):
        self.env["maintenance.approval.delegation"].with_user(user).create(
            {"delegate_id": self.colleague.id, "date_to": fields.Date.today()}
        )

    def _orders(self, user, cell):
        requisition = self._waiting_requisition()
        requisition.with_user(self.procurement).action_approve()
        requisition.with_user(user).action_order()
        requisition.purchase_order_ids.with_user(user).button_confirm()

    def _orders_directly(self, user, cell):
        order = self.env["purchase.order"].with_user(user).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": self.pump.id, "product_qty": 1, "price_unit": 100.0})],
            }
        )
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def _asks_from_order(self, user, cell):
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": self.pump.id, "product_qty": 1, "price_unit": 900.0})],
            }
        )
        order.with_user(user).action_maintenance_ask_for_decision()
        self.assertEqual(order.maintenance_requisition_ids.state, "to_approve")

    def _receives(self, user, cell):
        requisition = self._waiting_requisition()
        requisition.with_user(self.procurement).action_approve()
        self._order(requisition).sudo().picking_ids.with_user(user).button_validate()

    def _orders_emergency(self, user, cell):
        request = self._assigned(priority="3")
        self._add_part(request, self.pump, 1)
        request.action_request_parts()
        request.sudo().requisition_ids.with_user(user).action_order_emergency("The line stands")

    def _chooses(self, user, cell):
        requisition = self._waiting_requisition()
        requisition.with_user(self.procurement).action_approve()
        self._order(requisition)
        requisition.line_ids.maintenance_request_id.with_user(self.planner).archive_equipment_request()
        requisition.line_ids.with_user(user).action_keep_for_stock()

    def _keeps_tiers(self, user, cell):
        self.env["maintenance.approval.tier"].with_user(user).search([], limit=1).min_amount = 1e9

    def _sees_figures(self, user, cell):
        kpis = self.env["maintenance.kpi"].with_user(user).search([])
        kpis.read(["value_text"])
        kpis.filtered(lambda kpi: not kpi.is_cost)[0].action_view_records()

    def _sees_where_time_goes(self, user, cell):
        self._short_work()
        self._end_transaction()
        phases = self.env["maintenance.request.phase"].with_user(user)
        phases.formatted_read_group([], ["phase"], ["hours:sum"])

    def _sees_ownership(self, user, cell):
        self.env["maintenance.ownership.report"].with_user(user).search([], limit=1).read(["amount"])
        self.conveyor.with_user(user).read(["net_cost_of_ownership", "break_even_cost"])

    def _sees_budgets(self, user, cell):
        budget = self.env["maintenance.budget"].create({"category_id": self.category.id, "amount": 5})
        budget.with_user(user).read(["left_amount"])

    def _downloads_workbook(self, user, cell):
        wizard = self.env["maintenance.equipment.workbook"].with_user(user).create({"equipment_ids": self.conveyor.ids})
        wizard.action_download()

    def _sets_budgets(self, user, cell):
        self.env["maintenance.budget"].with_user(user).create({"category_id": self.category.id, "amount": 5})

    def _sets_targets(self, user, cell):
        self.env.ref("keepwisely_maintenance.kpi_mttr").with_user(user).target = 4

    def _enters_recoveries(self, user, cell):
        self.env["maintenance.warranty.recovery"].with_user(user).create(
            {"name": "Motor", "equipment_id": self.conveyor.id, "amount": 5}
        )

class PartActs:
    """What the rows of the table of roles about parts and the counter do; see `test_roles`."""

    def _handles_parts(self, user, cell):
        request = self._open_work(user)
        part = self._add_part(request, self.seal, 2)
        part.action_use_part()
        part.action_return_part(1)
        self._add_part(request, self.seal, 1).action_drop_part()
        self._add_part(request, self.pump, 1)
        request.action_request_parts()

    def _reserved_lines(self):
        return self._add_part(self._open_work(), self.seal, 3).sudo().move_line_ids

    def _hands_out(self, user, cell):
        lines = self._reserved_lines().with_user(user)
        lines.action_maintenance_hand_out(2)
        lines.action_maintenance_take_back(1)
        lines = self._reserved_lines().with_user(user)
        lines.action_maintenance_hand_out_used()
        lines.action_maintenance_take_back(1)

    def _puts_back(self, user, cell):
        lines = self._reserved_lines()
        lines.with_user(self.storekeeper).action_maintenance_hand_out()
        if user == self.storekeeper:
            lines.with_user(user).action_maintenance_take_back()
        else:
            lines.move_id.with_user(user).action_maintenance_take_back()
        self.assertFalse(lines.picked)

    def _takes_parts(self, user, cell):
        self._add_part(self._open_work(), self.seal, 10)
        part = self._add_part(self._open_work(priority="3"), self.seal, 1)
        part.with_user(user).action_open_take()
        part.with_user(user).action_take_part()

    def _sees_who_gets(self, user, cell):
        part = self._short_work().part_ids
        self.pump.with_user(user).action_who_gets_parts()
        rows = self.env["maintenance.part.allocation.line"].with_user(user).search([("part_id", "=", part.id)])
        self.assertEqual(rows.qty_wanted, 1)

    def _puts_first(self, user, cell):
        self._short_work()
        part = self._short_work().sudo().part_ids
        allocation = self.env["maintenance.part.allocation"].with_user(user).create({"product_id": self.pump.id})
        allocation.line_ids[1].action_put_first()
        allocation.reason = "Audit"
        allocation.action_apply()
        self.assertEqual(part.allocation_rank, 1)

    def _starts_short(self, user, cell):
        self._short_work().with_user(user).action_start()

    def _suggested_point(self, user):
        """A reorder point of a part that hardly anybody asks for, as ``user`` sees what is suggested for it."""
        point = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.pump.id, "location_id": self.stock.id, "product_min_qty": 50, "product_max_qty": 60}
        )
        suggestions = self.env["maintenance.reorder.suggestion"]
        suggestions._suggest_at_once()
        suggestion = suggestions.search([("orderpoint_id", "=", point.id)])
        self.assertNotEqual(suggestion.finding, "right")
        self.env.invalidate_all()
        return suggestion.with_user(user)

    def _sees_reorder_points(self, user, cell):
        self.assertTrue(self._suggested_point(user).explanation)

    def _accepts_reorder_point(self, user, cell):
        suggestion = self._suggested_point(user)
        suggestion.action_accept()
        point = suggestion.sudo().orderpoint_id
        self.assertFalse(point.active and point.product_max_qty == 60)

    def _changes_reorder_point(self, user, cell):
        suggestion = self._suggested_point(user)
        suggestion.action_change(3, 4, "Two presses")
        self.assertEqual(suggestion.sudo().orderpoint_id.product_max_qty, 4)

    def _rejects_reorder_point(self, user, cell):
        suggestion = self._suggested_point(user)
        suggestion.action_reject("The press is on its way")
        self.assertTrue(suggestion.sudo().is_rejected)

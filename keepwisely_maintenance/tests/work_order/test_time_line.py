from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...hooks import set_up
from .time_line_common import START, TimeLineCase


@tagged("post_install", "-at_install")
class TestTimeLine(TimeLineCase):
    """Where the time of a work order went, from its report to its completion."""

    def _ordered(self):
        """A reported job that waits for an ordered pump after 2 + 3 + 1 + 4 + 5 + 6 hours; returns it and its order."""
        request = self._report()
        self._wait(2)
        request.with_user(self.planner).schedule_date = START + timedelta(days=9)
        self._wait(3)
        request.with_user(self.planner).action_approve()
        self._add_part(request.with_user(self.planner), self.pump)
        self._wait(1)
        request.with_user(self.planner).action_request_parts()
        self._wait(4)
        requisition = request.with_user(self.planner).requisition_ids
        requisition.with_user(self.procurement).action_approve()
        self._wait(5)
        order = self._order(requisition)
        self._wait(6)
        return request.with_user(self.planner), order

    BEFORE = [("acknowledge", 2), ("approve", 3), ("ask", 1), ("money", 4), ("buyer", 5)]

    def test_from_report_to_completion(self):
        request, order = self._ordered()
        self._receive(order)
        self._wait(7)
        request.user_id = self.technician
        request.with_user(self.technician).action_start()
        self._wait(8.5)
        self.assertEqual(self._get_line(request)[-1], ("repair", 8.5), "counted while it lasts")
        request.with_user(self.technician).action_complete()
        self._wait(9)
        request.action_close()
        self._wait(9)
        self.assertEqual(
            self._get_line(request), [*self.BEFORE, ("vendor", 6), ("people", 7), ("repair", 8.5)]
        )
        self.assertEqual(request.date_acknowledged, START + timedelta(hours=2))

    def test_two_steps(self):
        self.warehouse.reception_steps = "two_steps"
        request, order = self._ordered()
        self._receive(order)
        self._wait(1.5)
        internal = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        )
        internal.with_user(self.storekeeper).button_validate()
        self._wait(1)
        self.assertEqual(
            self._get_line(request), [*self.BEFORE, ("vendor", 6), ("receiving", 1.5), ("people", 1)]
        )

    def test_half_is_at_the_gate(self):
        """As long as anything is with the vendor, it waits for the vendor."""
        self.warehouse.reception_steps = "two_steps"
        request, order = self._ordered()
        self._add_part(request, self._create_part("Hose", 900.0))
        request.action_request_parts()
        self._receive(order)
        self.assertEqual(request.phase, "money", "the hose")
        other = request.sudo().requisition_ids.filtered(lambda requisition: requisition.state == "to_approve")
        other.with_user(self.procurement).action_approve()
        late = self._order(other)
        self.assertEqual(request.phase, "vendor")
        self._receive(late - order)
        self.assertEqual(request.phase, "receiving")

    def test_parts_taken_away(self):
        urgent = self._assigned(priority="3")
        request = self._assigned()
        self._wait(1)
        part = self._add_part(request, self.bearing)
        self._wait(2)
        part.sudo()._do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, -1)
        request.sudo()._on_parts_changed(part.sudo())
        self._wait(3)
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 1)
        part.sudo()._action_assign()
        self._wait(4)
        self.assertEqual(self._get_line(request), [("people", 3), ("ask", 3), ("people", 4)])
        self.assertEqual(self._get_line(urgent), [("people", 10)])

    def test_several_states_at_once(self):
        request = self._report()
        self._wait(2)
        request.with_user(self.planner).user_id = self.technician
        request.with_user(self.planner).action_complete()
        self.assertEqual(self._get_line(request), [("acknowledge", 2)])
        born_done = self.env["maintenance.request"].with_user(self.planner).create(
            {"name": "Yesterday's", "user_id": self.technician.id,
             "stage_id": self.env["maintenance.stage"]._first_of_state("completed").id}
        )  # fmt: skip
        self.assertEqual(self._get_line(born_done), [])

    def test_reopened(self):
        request = self._assigned()
        self._wait(1)
        request.action_start()
        self._wait(2)
        request.action_complete()
        self._wait(24)
        request.action_reopen()
        self._wait(3)
        self.assertEqual(
            self._get_line(request), [("people", 1), ("repair", 2), ("reopened", 24), ("repair", 3)]
        )
        request.action_complete()
        self._wait(5)
        # opened and completed in one go
        request.action_reopen()
        request.action_complete()
        self.assertEqual(
            self._get_line(request), [("people", 1), ("repair", 2), ("reopened", 24), ("repair", 3), ("reopened", 5)]
        )

    def test_cancelled_and_reported_again(self):
        request = self._report()
        self._wait(1)
        planner = request.with_user(self.planner)
        planner.archive_equipment_request()
        self._wait(5)
        self.assertEqual(self._get_line(request), [("acknowledge", 1)])
        planner.reset_equipment_request()
        self._wait(2)
        self.assertEqual(self._get_line(request), [("acknowledge", 1), ("reopened", 5), ("approve", 2)])

    def test_going_back(self):
        request = self._assigned()
        request.action_start()
        self._wait(1)
        request.with_user(self.planner)._move_to("requested")
        self._wait(2)
        request.with_user(self.planner).action_approve()
        self._wait(3)
        self.assertEqual(self._get_line(request), [("repair", 1), ("approve", 2), ("people", 3)])

    def test_emergency_is_begun_before_it_is_approved(self):
        self.company.emergency_approved_after = True
        request = self._report(priority="3")
        self._wait(0.5)
        request.with_user(self.technician).action_start()
        self._wait(2)
        request.with_user(self.planner).action_approve()
        self._wait(1)
        self.assertEqual(self._get_line(request), [("acknowledge", 0.5), ("repair", 3)])

    def test_phases_stand_in_the_order_in_which_they_come(self):
        request, _order = self._ordered()
        self._end_transaction()
        rows = self.env["maintenance.request.phase"].with_user(self.planner)
        domain, hours = [("maintenance_request_id", "=", request.id)], ["hours:sum"]
        came = ["acknowledge", "approve", "ask", "money", "buyer", "vendor"]
        self.assertEqual([phase for phase, _hours in rows._read_group(domain, ["phase"], hours)], came)
        groups = rows.formatted_read_group(domain, ["maintenance_team_id", "phase"], hours)
        self.assertEqual([group["phase"] for group in groups], came)
        sets = rows.formatted_read_grouping_sets(domain, [["date_to:month", "phase"], ["phase"], []], hours)
        self.assertEqual([group["phase"] for group in sets[1]], came)
        last = rows._read_group(domain, ["phase"], hours, order="phase desc")
        self.assertEqual([phase for phase, _hours in last], came[::-1])

    def test_shared_order(self):
        """Who joins what another job waits for waits for the vendor, and for receiving."""
        self.warehouse.reception_steps = "two_steps"
        self.pump.seller_ids.min_qty = 2
        request, order = self._ordered()
        other = self._assigned()
        part = self._add_part(other, self.pump)
        self._wait(1)
        part.with_user(self.technician).action_join(requisition_line_id=request.sudo().requisition_line_ids.id)
        self._wait(2)
        self._receive(order)
        self._wait(3)
        self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        ).with_user(self.storekeeper).button_validate()
        self._wait(4)
        self.assertEqual(self._get_line(other), [("ask", 1), ("vendor", 2), ("receiving", 3), ("people", 4)])
        self.assertEqual(
            self._get_line(request), [*self.BEFORE, ("vendor", 9), ("receiving", 3), ("people", 4)]
        )

    def test_another_team(self):
        request = self._assigned()
        self._wait(1)
        request.with_user(self.planner).maintenance_team_id = self.other_team
        self._wait(2)
        self.assertEqual(self._get_line(request), [("people", 1), ("people", 2)])
        hours = dict(
            self.env["maintenance.request.phase"].with_user(self.planner)._read_group(
                [("maintenance_request_id", "=", request.id)], ["maintenance_team_id"], ["hours:sum"]
            )
        )
        self.assertEqual(hours, {self.team: 1, self.other_team: 2})

    def test_another_asset(self):
        """Time belongs to the asset that the work order is for, however late that is corrected."""
        request = self._assigned()
        self._wait(1)
        other = self.conveyor.copy()
        request.with_user(self.planner).equipment_id = other
        self._wait(1)
        self.assertEqual(request.sudo().phase_ids.equipment_id, other)

    def test_goes_with_its_work_order(self):
        request = self._report()
        self._end_transaction()
        rows = request.sudo().phase_ids
        self.assertEqual(len(rows), 1)
        request.unlink()
        self._end_transaction()
        self.assertFalse(rows.exists())

    def test_older_than_the_module(self):
        """Open work has a line from the moment on that the system first looks at it, what was over has none."""
        was_open, was_over = self._assigned(), self._assigned()
        was_over.action_complete()
        self._wait(1)
        self.env.cr.execute(SQL("DELETE FROM maintenance_request_phase"))
        requests = (was_open | was_over).sudo()
        self.env.cr.execute(SQL("UPDATE maintenance_request SET phase = NULL"))
        self.env.invalidate_all()
        # what a new column brings
        self.env.add_to_compute(requests._fields["phase"], requests)
        self._wait(2)
        self.assertEqual((self._get_line(was_open), self._get_line(was_over)), ([("people", 2)], []))
        was_over.action_reopen()
        self._wait(3)
        self.assertEqual(self._get_line(was_over), [("repair", 3)])

    def test_installed_before_the_stages_had_states(self):
        """What was taken for work in progress until the set-up had looked at the board leaves no row."""
        reported, going_on, was_over = self._report(), self._assigned(), self._assigned()
        going_on.action_start()
        was_over.action_complete()
        self._end_transaction()
        self.env.cr.execute(SQL("UPDATE maintenance_request_phase SET phase = 'repair' WHERE date_to IS NULL"))
        self._wait(1)
        self.env["maintenance.request.phase"].sudo()._begin_anew()
        self._wait(2)
        self.assertEqual(
            [self._get_line(request) for request in (reported, going_on, was_over)],
            [[("acknowledge", 2)], [("repair", 2)], []],
        )

    def test_installed_again(self):
        """What was written down since the installation stays."""
        request = self._assigned()
        self._wait(3)
        before = self._get_line(request)
        set_up(self.env)
        self._end_transaction()
        self.assertEqual(self._get_line(request), before)
        self.assertTrue(before)

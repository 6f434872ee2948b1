"""Random steps of reporters, technicians and planners: work orders and their parts."""

from odoo import fields

from .random_step import step

UNDER_WAY = ("approved", "assigned", "waiting_parts", "in_progress")
OPEN = ("requested", *UNDER_WAY)
MOST_OPEN_JOBS = 20


class Jobs:
    """Steps on work orders; mixed into the random plant, which says what `pick`, `note` and the like do."""

    # -- Targets ------------------------------------------------------------------------------------

    def parts(self, *domain, states=UNDER_WAY):
        return self.find(
            "stock.move",
            ("maintenance_request_id", "in", self.jobs(*states).ids),
            ("origin_returned_move_id", "=", False),
            *domain,
        )

    def open_parts(self, states=UNDER_WAY):
        return self.parts(("state", "not in", ("done", "cancel")), states=states)

    def other_units(self, product):
        """Units that people count it in besides its own."""
        names = {"Bolt": "dozen", "Nut": "dozen", "Grease": "gram"}
        name = names.get(product.name) if product in self.products else None
        return self.env.ref(f"uom.product_uom_{name}") if name else self.env["uom.uom"]

    def worker(self):
        return self.pick([self.technician, self.colleague, self.planner])

    def is_short(self, request):
        """Whether it lacks a confirmed part, or a service or one-off part that it waits for."""
        parts = request.part_ids.filtered(lambda part: part.state != "draft" and self.is_missing(part))
        return bool(parts or self.awaited(request))

    def is_short_in_store(self, request):
        """Whether it lacks more than lies in the store for nobody, which completing reserves; None where that is close."""
        missing = request.part_ids.filtered(self.is_missing)
        if self.awaited(request) or missing.filtered(lambda part: part.state not in ("confirmed", "partially_available")):
            return True
        is_close = False
        for product, parts in missing.grouped("product_id").items():
            # a hundredth is the least that is counted, also of dozens
            rounding = max(0.01 * part.product_uom.factor / product.uom_id.factor for part in parts)
            lacking = sum(
                (part.product_uom_qty - part.quantity) * part.product_uom.factor / product.uom_id.factor for part in parts
            )
            quants = self.find(
                "stock.quant", ("product_id", "=", product.id), ("location_id", "child_of", parts.location_id.ids)
            )
            free = [quant.quantity - quant.reserved_quantity for quant in quants]
            if lacking > sum(quantity for quantity in free if quantity > 0) + rounding:
                return True
            # what one shelf owes another job is not free on the next
            is_close = is_close or lacking > sum(free) - rounding * (len(parts) > 1)
        return None if is_close else False

    def is_gone(self, part):
        """Whether there is less of it than was entered; None where there may be less of one of its serial numbers."""
        quants = self.find(
            "stock.quant", ("product_id", "=", part.product_id.id), ("location_id", "child_of", part.location_id.id)
        )
        more = part.quantity * part.product_uom.factor / part.product_id.uom_id.factor - sum(quants.mapped("quantity"))
        is_sure = part.product_id.tracking == "none" and more <= 0
        return more > 0.01 or (False if is_sure else None)

    # -- Lifecycle ------------------------------------------------------------------------------------

    @step(8)
    def report(self):
        if len(self.jobs(*OPEN)) < MOST_OPEN_JOBS:
            request = self.env["maintenance.request"].with_user(self.operator).create(
                {
                    "name": f"Problem {self.number}",
                    "equipment_id": self.pick(self.assets).id,
                    "priority": self.pick("0123"),
                    "schedule_date": self._some_date(),
                }
            )
            self.note(request.sudo())

    def _some_date(self):
        return fields.Datetime.add(fields.Datetime.now().replace(microsecond=0), hours=self.random.randint(-300, 600))

    @step(8)
    def approve(self):
        request = self.pick(self.jobs("requested"))
        self.note(request)
        request.with_user(self.planner).action_approve()

    @step(8)
    def assign(self):
        request = self.pick(self.jobs("approved"))
        self.note(request)
        if self.chance(0.5):
            request.with_user(self.planner).user_id = self.pick([self.technician, self.colleague])
            request.with_user(self.planner).action_assign()
        else:
            user = request.user_id or self.technician
            request.with_user(user).action_assign()

    @step(4)
    def start(self):
        request = self.pick(self.jobs("assigned", "waiting_parts"))
        user = self.planner if self.chance(0.2) else request.user_id or self.technician
        waits = request.state == "waiting_parts" and user != self.planner and self.is_short(request)
        nobody = not request.user_id and user == self.planner and not request.date_assigned
        self.note(request, "by", user)
        with self.refused_when(waits or nobody, "parts are missing, or it is nobody's"):
            request.with_user(user).action_start()

    @step(5)
    def complete(self):
        request = self.pick(self.jobs("in_progress", "in_progress", "assigned"))
        self.note(request)
        missing = self.is_short_in_store(request)
        # what was entered as used may have been counted away meanwhile
        entered = request.part_ids.filtered(lambda part: part.picked and part.state not in ("done", "cancel"))
        with self.refused_when(missing or (None if entered else missing), "a part is missing, or not on the shelf"):
            request.with_user(request.user_id or self.planner).action_complete()

    @step(5)
    def close(self):
        request = self.pick(self.jobs("completed"))
        self.note(request)
        still_open = request.requisition_line_ids.filtered("is_open")
        with self.refused_when(bool(still_open), "something is still asked for"):
            request.with_user(self.planner).action_close()

    @step(2)
    def cancel(self):
        request = self.pick(self.jobs(*OPEN))
        self.note(request)
        worked = request.date_completed or "done" in request.part_ids.mapped("state")
        with self.refused_when(bool(worked), "work was done"):
            request.with_user(self.planner).archive_equipment_request()

    @step(1)
    def reopen(self):
        request = self.pick(self.jobs("completed", "closed", "cancelled")[:30])
        self.note(request, request.state)
        request.with_user(self.planner).action_reopen("It squeals again")
        self.closed.pop(request.id, None)

    @step(1)
    def take_approval_back(self):
        request = self.pick(self.jobs(*UNDER_WAY))
        self.note(request)
        requested = self.env["maintenance.stage"]._first_of_state("requested")
        with self.refused_when("done" in request.part_ids.mapped("state"), "parts were used"):
            request.with_user(self.planner).stage_id = requested

    @step(1)
    def wait_by_hand(self):
        request = self.pick(self.jobs("approved", "assigned", "in_progress"))
        self.note(request)
        waiting = self.env["maintenance.stage"]._first_of_state("waiting_parts")
        with self.refused_when(not self.is_short(request), "nothing is missing"):
            request.with_user(self.planner).stage_id = waiting

    @step(2)
    def plan_again(self):
        request = self.pick(self.jobs(*OPEN))
        vals = {"priority": self.pick("0123")} if self.chance(0.5) else {"schedule_date": self._some_date()}
        self.note(request, vals)
        request.with_user(self.planner).write(vals)

    @step(2)
    def book_hours(self):
        request = self.pick(self.jobs("in_progress", "completed"))
        user = self.pick([self.technician, self.colleague])
        labors = self.env["maintenance.labor"].with_user(user)
        today = fields.Date.context_today(labors)
        hours = 90 if self.chance(0.1) else self.random.randint(1, 16) / 4
        booked = sum(labors.sudo().search([("user_id", "=", user.id), ("date", "=", today)]).mapped("hours"))
        self.note(request, user, hours, "h beside", booked)
        with self.refused_when(booked + hours > 24, "the day has 24 hours"):
            labors.create({"maintenance_request_id": request.id, "hours": hours})

    @step(1)
    def change_what_is_over(self):
        """Closed work is changed by nobody, completed work by planners."""
        request, user = self.pick(self.jobs("completed", "closed")[:30]), self.worker()
        vals = self.pick(({"equipment_id": self.pick(self.assets).id}, {"priority": "2"}, {"name": "Something else"}))
        self.note(request, request.state, user, vals)
        with self.refused_when(request.state == "closed" or user != self.planner, "it is over"):
            request.with_user(user).write(vals)

    @step(2)
    def ask_for_service(self):
        request = self.pick(self.jobs(*UNDER_WAY))
        name, is_service = self.pick([("Crane", True), ("Bracket made to measure", False)])
        self.note(request, name)
        request.with_user(self.worker()).action_request_service(
            name, self.random.randint(1, 4), is_service=is_service, is_blocking=self.pick([None, True, False])
        )

    @step(2)
    def wait_for_it_or_not(self):
        lines = self.jobs(*UNDER_WAY).requisition_line_ids.filtered(lambda line: line.is_open and not line.part_move_ids)
        line = self.pick(lines)
        self.note(line.maintenance_request_id, line.name, line.is_blocking)
        line.with_user(self.pick([self.technician, self.planner])).action_toggle_blocking()

    # -- Parts -----------------------------------------------------------------------------------------

    @step(2)
    def use_alternate(self):
        part = self.pick(self.open_parts().filtered(lambda part: part._get_missing_qty() and part.product_id.tracking == "none"))
        others = self.products.filtered(
            lambda other: other.tracking == "none"
            and other != part.product_id
            and other.uom_id._has_common_reference(part.product_uom)
        )
        other = self.pick(others)
        quantity = min(part._get_missing_qty(), part._get_free_qty(other))
        self.note(part.maintenance_request_id, part.product_id, "→", other, quantity)
        with self.refused_when(quantity <= 0, "it is not free"):
            part.with_user(self.planner).action_use_alternate(other.id)

    @step(16)
    def add_part(self):
        states = OPEN + ("completed",) * self.chance(0.1)
        request, product = self.pick(self.jobs(*states)), self.pick(self.products)
        vals = {
            "maintenance_request_id": request.id,
            "product_id": product.id,
            "product_uom_qty": self.random.randint(1, 3 if product.tracking == "serial" else 12),
        }
        if self.other_units(product) and self.chance(0.4):
            vals["product_uom"] = self.other_units(product).id
            vals["product_uom_qty"] = self.random.randint(1, 900) if product.name == "Grease" else 2
        self.note(request, product, vals["product_uom_qty"])
        with self.refused_when(request.state == "completed", "the work is over"):
            self.env["stock.move"].with_user(self.worker()).create(vals)

    @step(14)
    def ask_for_parts(self):
        request = self.pick(self.jobs(*UNDER_WAY))
        self.note(request)
        worker = self.worker()
        answer = request.with_user(worker).action_request_parts(offer=self.chance(0.8))
        if isinstance(answer, dict) and answer.get("res_model") == "maintenance.part.offer":
            self._choose(self.env["maintenance.part.offer"].with_user(worker).browse(answer["res_id"]))

    @step(2)
    def take_offered_alternate(self):
        parts = self.jobs(*UNDER_WAY).part_ids.filtered("alternate_message")
        part = self.pick(parts)
        worker = self.worker()
        self.note(part.maintenance_request_id, part.product_id, part.alternate_message)
        answer = part.with_user(worker).action_offer_alternate()
        self._choose(self.env["maintenance.part.offer"].with_user(worker).browse(answer["res_id"]))

    def _choose(self, offer):
        """Take what is ticked, something else, or nothing of what is offered instead of asking."""
        for line in offer.line_ids:
            if self.chance(0.3):
                line.is_used = not line.is_used
            if self.chance(0.3):
                line.quantity = min(line.quantity, self.random.randint(1, 4))
        used = offer.line_ids.filtered("is_used")
        self.note(*used.mapped("name"))
        too_many = any(
            sum(lines.mapped("quantity")) > part.qty_missing + 0.005 for part, lines in used.grouped("part_id").items()
        )
        if self.chance(0.1):
            offer.action_ask()
            return
        with self.refused_when(too_many, "more is ticked than is missing"):
            offer.action_apply()

    @step(6)
    def change_part_quantity(self):
        part = self.pick(self.open_parts(OPEN))
        quantity = self.random.randint(1, 4 if part.product_id.tracking == "serial" else 14)
        self.note(part.maintenance_request_id, part.product_id, f"{part.product_uom_qty:g} → {quantity}")
        part.with_user(self.worker()).product_uom_qty = quantity

    @step(2)
    def count_part_in_another_unit(self):
        part = self.pick(self.open_parts(OPEN).filtered(lambda part: self.other_units(part.product_id)))
        unit, quantity = self.other_units(part.product_id), self.random.randint(1, 3)
        if part.product_id.name == "Grease":
            quantity = self.random.randint(1, 900)
        vals = {"product_uom": unit.id, "product_uom_qty": quantity}
        self.note(part.maintenance_request_id, part.product_id, f"{part.product_uom_qty:g} →", quantity, unit)
        part.with_user(self.worker()).write(vals)

    @step(3)
    def replace_part(self):
        part, product = self.pick(self.open_parts(OPEN)), self.pick(self.products)
        self.note(part.maintenance_request_id, part.product_id, "→", product)
        part.with_user(self.worker()).product_id = product

    @step(3)
    def drop_part(self):
        part = self.pick(self.open_parts(OPEN))
        self.note(part.maintenance_request_id, part.product_uom_qty, part.product_id)
        part.with_user(self.worker()).action_drop_part()

    @step(2)
    def delete_part(self):
        part = self.pick(self.open_parts(OPEN))
        self.note(part.maintenance_request_id, part.product_uom_qty, part.product_id)
        part.with_user(self.worker()).unlink()

    @step(8)
    def use_part(self):
        part = self.pick(self.open_parts(("assigned", "waiting_parts", "in_progress")))
        self.note(part.maintenance_request_id, part.quantity, "of", part.product_uom_qty, part.product_id)
        refused = part.state not in ("assigned", "partially_available")
        # what was entered as used may have been counted away meanwhile
        with self.refused_when(refused or (self.is_gone(part) if part.picked else False), "it is not in stock"):
            part.with_user(self.worker()).action_use_part()

    @step(3)
    def say_how_much_was_used(self):
        """A quantity entered by hand; the rest is dropped when the work is completed."""
        part = self.pick(
            self.open_parts(("in_progress",)).filtered(
                lambda part: part.state == "assigned" and part.product_id.tracking == "none" and part.quantity > 1
            )
        )
        if self.chance(0.1):
            quantity = self.pick((-5, part.quantity + part.product_id.with_context(location=self.stock.id).qty_available + 1))
            with self.refused_when(True, "nobody can have used that"):
                part.with_user(self.worker()).quantity = quantity
        quantity = self.random.randint(1, int(part.quantity))
        self.note(part.maintenance_request_id, quantity, "of", part.product_uom_qty, part.product_id)
        part.with_user(self.worker()).quantity = quantity
        if self.chance(0.3):
            with self.refused_when(self.is_gone(part), "it was counted away"):
                part.with_user(self.worker()).action_use_part()

    @step(4)
    def return_part(self):
        used = self.parts(("state", "=", "done"), states=(*UNDER_WAY, "completed"))
        part = self.pick(used.filtered(lambda part: part._get_consumed_qty() > 0))
        left = part._get_consumed_qty()
        quantity = self.pick([None, self.random.randint(1, int(left))]) if left >= 1 else None
        self.note(part.maintenance_request_id, quantity or left, part.product_id)
        part.with_user(self.worker()).action_return_part(quantity)

    @step(1)
    def return_too_much(self):
        part = self.pick(self.parts(("state", "=", "done")))
        with self.refused_when(True, "more than was used"):
            part.with_user(self.worker()).action_return_part(part.quantity + 1)

    @step(4)
    def take_from_another_job(self):
        parts = self.open_parts().filtered(self.is_missing)
        part = self.pick(parts.filtered(lambda part: part.maintenance_request_id.priority in "23") or parts)
        request = part.maintenance_request_id
        user = self.planner if self.chance(0.5) else self.technician
        reason = "The line stands" if self.chance(0.8) else None
        allowed = request.priority == "3" or (user == self.planner and reason)
        self.note(request, part.product_id, "by", user)
        with self.refused_when(not allowed or not self._holders(part), "not urgent enough, or nothing to take"):
            part.with_user(user).action_take_part(reason)

    def _holders(self, part):
        """Parts of less urgent work that have some of it reserved."""
        return self.open_parts((*OPEN, "completed")).filtered(
            lambda move: move.product_id == part.product_id
            and move.location_id == part.location_id
            and move.maintenance_request_id.priority < part.maintenance_request_id.priority
            and move.quantity
            and not move.picked
        )

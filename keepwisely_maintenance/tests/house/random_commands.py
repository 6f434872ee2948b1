"""Random commands inside the values of parts: what technicians may say so about their own, and what they reach for."""

from odoo.fields import Command

from .random_jobs import OPEN, UNDER_WAY
from .random_step import step

WORKING = ("assigned", "waiting_parts", "in_progress")


class Commands:
    """Steps of people who work on parts without inventory rights; mixed into the random plant."""

    def hand(self):
        return self.pick([self.technician, self.colleague])

    def part_lines(self, *domain, states=UNDER_WAY):
        """Open lines of open parts."""
        lines = self.open_parts(states).move_line_ids.filtered(lambda line: line.state not in ("done", "cancel"))
        return lines.filtered_domain(list(domain))

    # -- One's own parts --------------------------------------------------------------------------------

    @step(4)
    def enter_line(self):
        """How much of it, from the shelf where it lies."""
        line = self.pick(self.part_lines(("product_id.tracking", "=", "none"), states=WORKING))
        part, product = line.move_id, line.product_id
        quantity = self.random.randint(-1 if self.chance(0.1) else 0, int(line.quantity) + 4)
        vals = {"quantity": quantity, **({"picked": True} if self.chance(0.5) else {})}
        quant = self.find("stock.quant", ("product_id", "=", product.id), ("location_id", "=", line.location_id.id))
        there = quant.quantity
        if not (line.picked or vals.get("picked")):
            there -= quant.reserved_quantity - line.quantity
        self.note(part.maintenance_request_id, product, f"{line.quantity:g} →", vals, f"of {there:g}")
        refused = quantity < 0 or product.uom_id.compare(quantity, there) > 0
        if refused and 0 <= quantity <= line.quantity and (line.picked or not vals.get("picked")):
            # others used what it has reserved: no more of that is taken; what was used may be gone altogether
            refused = None if line.picked else False
        # what its other lines take may be gone
        with self.refused_when(refused or (None if part.move_line_ids != line else False), "nobody can have used that"):
            part.with_user(self.hand()).move_line_ids = [Command.update(line.id, vals)]

    @step(3)
    def choose_shelf(self):
        line = self.pick(self.part_lines(("product_id.tracking", "=", "none")))
        part = line.move_id
        place = self.pick(self.shelves | self.stock | self.warehouse.wh_input_stock_loc_id | part.location_dest_id)
        inside = place in self.shelves | self.stock
        quant = self.find("stock.quant", ("product_id", "=", line.product_id.id), ("location_id", "=", place.id))
        here = sum(quant.mapped("quantity")) - (0 if line.picked else sum(quant.mapped("reserved_quantity")))
        self.note(part.maintenance_request_id, line.quantity, line.product_id, "from", place, f"with {here:g}")
        gone = place != line.location_id and line.product_id.uom_id.compare(line.quantity, here) > 0
        others = None if part.move_line_ids != line or line.picked else False
        with self.refused_when(not inside or gone or others, "it does not lie there"):
            part.with_user(self.hand()).move_line_ids = [Command.update(line.id, {"location_id": place.id})]

    @step(2)
    def choose_serial_numbers(self):
        part = self.pick(self.open_parts().filtered(lambda part: part.product_id.tracking == "serial"))
        lots = self.find("stock.lot", ("product_id.tracking", "!=", "none"))
        lot = self.pick(lots)
        there = self.find(
            "stock.quant",
            ("lot_id", "=", lot.id), ("quantity", ">", 0), ("location_id", "child_of", part.location_id.id),
        )  # fmt: skip
        taken = there.filtered("reserved_quantity") and lot not in part.move_line_ids.lot_id
        self.note(part.maintenance_request_id, lot.name, "there" if there else "gone", "reserved" if taken else "")
        # reserved for another job, the storekeepers' rules decide
        with self.refused_when(None if there and taken else not there, "it is not there"):
            part.with_user(self.hand()).lot_ids = [Command.set(lot.ids)]

    @step(1)
    def take_line_off(self):
        line = self.pick(self.part_lines())
        self.note(line.move_id.maintenance_request_id, line.quantity, line.product_id)
        how = self.pick([Command.delete, Command.unlink])
        line.move_id.with_user(self.hand()).move_line_ids = [how(line.id)]

    # -- What belongs to others ---------------------------------------------------------------------------

    @step(2)
    def reach_for_lines_of_others(self):
        """A line of a receipt, a delivery, another job, named in one's own part."""
        part = self.pick(self.open_parts(OPEN))
        line = self.pick(
            self.find("stock.move.line", ("move_id", "!=", part.id), ("product_id", "in", self.products.ids), limit=80)
        )
        command = self.pick(
            [
                Command.update(line.id, {"quantity": 7}),
                Command.update(line.id, {"picked": True}),
                Command.delete(line.id),
                Command.unlink(line.id),
                Command.link(line.id),
                Command.set([line.id]),
            ]
        )
        self.note(part.maintenance_request_id, part.product_id, command, line.move_id.display_name)
        with self.refused_when(True, "it belongs to something else", rights=True):
            part.with_user(self.hand()).write({"move_line_ids": [command]})

    @step(1)
    def reach_for_lots(self):
        """Lots are chosen, never written, and of the same product."""
        part = self.pick(self.open_parts(OPEN))
        lot = self.pick(self.find("stock.lot", ("product_id.tracking", "!=", "none")))
        commands = [Command.update(lot.id, {"name": "Mine"}), Command.delete(lot.id), Command.create({"name": "New"})]
        if lot.product_id != part.product_id:
            commands.append(Command.link(lot.id))
        command = self.pick(commands)
        self.note(part.maintenance_request_id, part.product_id, command)
        with self.refused_when(True, "lots are kept by the storekeepers", rights=True):
            part.with_user(self.hand()).write({"lot_ids": [command]})

    @step(2)
    def tick_lines_of_others(self):
        """Odoo lets every employee write on lines; on those of parts nobody writes past the work order."""
        line = self.pick(self.part_lines(states=OPEN))
        user, vals = self.pick([self.operator, self.technician, self.planner, self.buyer]), {"picked": True}
        if self.chance(0.5):
            vals = {"quantity": line.quantity + 1}
        self.note(line.move_id.maintenance_request_id, line.product_id, vals, "by", user)
        with self.refused_when(True, "it is changed on the work order", rights=True):
            line.with_user(user).write(vals)

    @step(1)
    def tie_receipt_to_job(self):
        """What comes in or goes out is no cost of a job."""
        move = self.pick(
            self.find("stock.move", ("picking_id", "!=", False), ("product_id", "in", self.products.ids), limit=40)
        )
        job, user = self.pick(self.jobs(*OPEN)), self.pick([self.storekeeper, self.technician, self.buyer])
        self.note(move.picking_id, move.product_id, "→", job, "by", user)
        with self.refused_when(True, "it is no part", rights=True):
            move.with_user(user).maintenance_request_id = job

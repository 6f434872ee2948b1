"""Random steps of storekeepers and of the scheduler: receipts, returns, counts."""

from odoo.fields import Command

from .random_step import step


class Stores:
    """Steps on stock; mixed into the random plant."""

    # -- Targets ----------------------------------------------------------------------------------------

    def pickings(self, *domain):
        domain = (("move_ids.product_id", "in", self.products.ids), *domain)
        return self.find("stock.picking", *domain, limit=60).with_user(self.storekeeper)

    def on_hand(self, product, location):
        """What lies in ``location``, reserved or not."""
        quants = self.find("stock.quant", ("product_id", "=", product.id), ("location_id", "=", location.id))
        return sum(quants.mapped("quantity"))

    # -- Moving goods -----------------------------------------------------------------------------------

    @step(20)
    def receive(self):
        picking = self.pick(
            self.pickings(("picking_type_id.code", "=", "incoming"), ("state", "in", ("assigned", "confirmed")))
        )
        how = self.pick(["all", "all", "all", "part", "part", "rest is not coming", "more"])
        self.note(picking, how)
        moves = picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for move in moves:
            self._fill(move, how)
        if not any(move.picked and move.quantity for move in moves):
            self.pick([])
        not_coming = picking.ids if how == "rest is not coming" else []
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=not_coming).button_validate()
        if picking.state != "done":
            raise AssertionError(f"{picking.name} is {picking.state} after its validation")

    def _fill(self, move, how):
        """Enter what came: serial numbers one by one, else a quantity."""
        if how in ("part", "rest is not coming"):
            quantity = self.random.randint(0, int(move.product_uom_qty))
        else:
            more = how == "more" and move.location_id.usage == "supplier"
            quantity = move.product_uom_qty + more * self.random.randint(1, 5)
        if move.location_id.usage != "supplier":
            # from another warehouse comes what was sent
            quantity = min(quantity, move.quantity)
        if move.product_id.tracking != "serial":
            move.write({"quantity": quantity, "picked": bool(quantity)})
            return
        known = move.move_orig_ids.move_line_ids.lot_id if move.origin_returned_move_id else False
        if known:
            # what came back from the vendor is known already
            names = [{"lot_id": lot.id} for lot in known[: int(move.product_uom_qty)]]
        else:
            names = [{"lot_name": self._next_serial()} for _number in range(int(quantity))]
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create({**move._prepare_move_line_vals(), **name, "quantity": 1, "picked": True}) for name in names
        ]
        move.picked = bool(names)

    @step(9)
    def put_away(self):
        """Goods on their way inside, between warehouses, or out: whatever is ready."""
        picking = self.pick(
            self.pickings(
                ("picking_type_id.code", "in", ("internal", "outgoing")), ("state", "in", ("assigned", "confirmed"))
            ).filtered(lambda picking: any(picking.move_ids.mapped("quantity")))
        )
        self.note(picking, picking.picking_type_id.name)
        for move in picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            whole = move.product_id.tracking == "serial" or self.chance(0.8) or move.quantity < 1
            if not whole:
                move.quantity = self.random.randint(1, int(move.quantity))
            move.picked = bool(move.quantity)
        no_more = picking.ids if self.chance(0.1) else []
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=no_more).button_validate()
        if picking.state != "done":
            raise AssertionError(f"{picking.name} is {picking.state} after its validation")

    @step(2)
    def cancel_transfer(self):
        picking = self.pick(self.pickings(("state", "not in", ("done", "cancel"))))
        self.note(picking, picking.picking_type_id.name)
        picking.action_cancel()

    @step(3)
    def send_back(self):
        """Return goods to the vendor, with or without a refund; or take the vendor's new delivery of them."""
        pickings = self.pickings(("state", "=", "done"), ("picking_type_id.code", "in", ("incoming", "outgoing")))
        picking = self.pick(pickings.filtered(lambda picking: picking.purchase_id or picking.return_id.purchase_id))
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper).with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        ).create({})
        refund, lines = self.chance(0.5), 0
        for line in wizard.product_return_moves:
            left = self._returnable(line.move_id)
            quantity = self.random.randint(0, int(left)) if left >= 1 else 0
            line.write({"quantity": quantity, "to_refund": refund})
            lines += bool(quantity)
        if not lines:
            self.pick([])
        back = wizard._create_return()
        self.note(picking, "→", back.sudo(), "refund" if refund else "no refund")
        # some stay open: another step may finish or cancel them
        if self.chance(0.8) and all(move.quantity >= move.product_uom_qty for move in back.move_ids):
            back.move_ids.picked = True
            back.button_validate()

    def _returnable(self, move):
        """What came with ``move``, did not go back yet, and still lies where it was put."""
        if move.state != "done":
            return 0
        back = move.returned_move_ids.filtered(lambda back: back.state != "cancel")
        left = move.quantity - sum(moved.quantity if moved.state == "done" else moved.product_uom_qty for moved in back)
        if move.location_dest_id.usage != "internal":
            return left
        if move.product_id.tracking == "serial":
            return 0
        here = self.on_hand(move.product_id, move.location_dest_id)
        return min(left, move.product_id.uom_id._compute_quantity(here, move.product_uom))

    @step(2)
    def goods_of_their_own(self):
        """A receipt that nobody ordered, or a delivery of what is free."""
        product = self.pick(self.products.filtered(lambda product: product.tracking == "none"))
        incoming = self.chance(0.5)
        quantity = self.random.randint(1, 6)
        self.note(quantity, product, "in" if incoming else "out")
        picking = self.env["stock.picking"].with_user(self.storekeeper).create(
            {
                "picking_type_id": (self.warehouse.in_type_id if incoming else self.warehouse.out_type_id).id,
                "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        picking.action_confirm()
        if not incoming:
            picking.action_assign()
        if any(picking.move_ids.mapped("quantity")):
            picking.with_context(skip_backorder=True).button_validate()
        else:
            picking.action_cancel()

    # -- Stock itself -----------------------------------------------------------------------------------

    @step(5)
    def count(self):
        product = self.pick(self.products.filtered(lambda product: product.tracking == "none"))
        quant = self.find("stock.quant", ("product_id", "=", product.id), ("location_id", "=", self.stock.id), limit=1)
        here = quant.quantity
        found = max(0, int(here) + self.random.randint(-5, 4))
        self.note(product, f"{here:g} → {found}")
        quants = self.env["stock.quant"].with_user(self.storekeeper).with_context(inventory_mode=True)
        if quant:
            quants.browse(quant.id).inventory_quantity = found
        else:
            quant = quants.create(
                {"product_id": product.id, "location_id": self.stock.id, "inventory_quantity": found}
            )
        quants.browse(quant.id).action_apply_inventory()

    @step(2)
    def stock_turns_up(self):
        """Of what somebody waits for: asked for, held or ordered."""
        part = self.pick(self.open_parts().filtered(lambda part: self.is_missing(part) and part.product_id.tracking == "none"))
        place, quantity = self.pick([self.stock, *self.shelves]), self.random.randint(1, 20)
        self.note(quantity, part.product_id, "in", place)
        quants = self.env["stock.quant"].with_user(self.storekeeper).with_context(inventory_mode=True)
        here = self.on_hand(part.product_id, place)
        quants.create(
            {"product_id": part.product_id.id, "location_id": place.id, "inventory_quantity": here + quantity}
        ).action_apply_inventory()

    @step(2)
    def unreserve(self):
        part = self.pick(self.open_parts().filtered(lambda part: part.quantity and not part.picked))
        self.note(part.maintenance_request_id, part.product_id)
        part.with_user(self.storekeeper)._do_unreserve()

    @step(4)
    def run_scheduler(self):
        for _run in range(self.pick([1, 1, 2])):
            self.env["stock.rule"].run_scheduler()

"""Two people, or two schedulers, do the same thing at once; `at_once.py` is the stage.

`make shell DB=NAME < bench/concurrency.py` makes the database NAME_at_once, works in it and drops it; NAME
itself is left alone. ROUNDS in the environment says how often everything is done, 3 times unless told.
"""

import logging
import os
import sys
from pathlib import Path

from odoo import api
from odoo.service.db import exp_drop

import odoo.addons.keepwisely_maintenance as module

sys.path.append(str(Path(module.__path__[0]).resolve().parent / "bench"))  # this script is read from standard input

from at_once import Stage, Wrong, scenario

NAME = f"{env.cr.dbname}_at_once"


class AtOnce(Stage):
    """What is done at once."""

    @scenario
    def order(self):
        """Two buyers order the same requisition."""
        with self.commit():
            requisition = self.job(5).requisition_ids
            users, ids = (self.plant.buyer.id, self.plant.second_buyer.id), requisition.ids
        outcomes = self.at_once(
            *((user, lambda env: env["maintenance.requisition"].browse(ids).action_order()) for user in users)
        )
        with self.commit() as env:
            line = env["maintenance.requisition"].browse(ids).line_ids
            if len(line.purchase_line_ids) != 1 or line.qty_ordered != 5:
                raise Wrong(f"ordered {line.qty_ordered} on {len(line.purchase_line_ids)} lines")
        return self.winners(outcomes, 1, 1)

    @scenario
    def ask(self):
        """Two people ask for the parts of the same work order."""
        with self.commit():
            ids = self.job(5, ask=False).ids
            users = (self.plant.technician.id, self.plant.colleague.id, self.plant.planner.id)
        outcomes = self.at_once(
            *((user, lambda env: env["maintenance.request"].browse(ids).action_request_parts(offer=False))
                for user in users)
        )
        with self.commit() as env:
            lines = env["maintenance.request"].browse(ids).requisition_line_ids
            if lines.mapped("product_qty") != [5]:
                raise Wrong(f"asked for {lines.mapped('product_qty')}")
        return self.winners(outcomes, 3, 3)

    @scenario
    def approve(self):
        """Two approvers of the same tier decide, one for and one against."""
        with self.commit():
            requisition = self.job(100).requisition_ids
            users, ids = (self.plant.procurement.id, self.plant.second_procurement.id), requisition.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_approve()),
            (users[1], lambda env: env["maintenance.requisition"].browse(ids).action_reject("Too dear")),
        )
        with self.commit() as env:
            requisition = env["maintenance.requisition"].browse(ids)
            if len(requisition.decision_ids) != 1:
                raise Wrong(f"{len(requisition.decision_ids)} decisions")
        return self.winners(outcomes, 1, 1)

    @scenario
    def approve_and_withdraw(self):
        """One approves what the requester withdraws."""
        with self.commit():
            requisition = self.job(100).requisition_ids
            users, ids = (self.plant.procurement.id, self.plant.planner.id), requisition.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_approve()),
            (users[1], lambda env: env["maintenance.requisition"].browse(ids).action_cancel()),
        )
        with self.commit() as env:
            if env["maintenance.requisition"].browse(ids).state != "cancelled":
                raise Wrong("withdrawn and not cancelled")
        return self.winners(outcomes, 1, 2)

    @scenario
    def receive(self):
        """Two storekeepers validate the same receipt."""
        with self.commit():
            request = self.job(5)
            requisition = request.requisition_ids.with_user(self.plant.buyer)
            requisition.action_order()
            requisition.purchase_order_ids.button_confirm()
            users = (self.plant.storekeeper.id, self.plant.second_storekeeper.id)
            ids, job_ids = requisition.purchase_order_ids.sudo().picking_ids.ids, request.ids
        outcomes = self.at_once(*((user, lambda env: env["stock.picking"].browse(ids).button_validate()) for user in users))
        with self.commit() as env:
            request = env["maintenance.request"].browse(job_ids)
            told = request.message_ids.filtered(lambda message: "All parts are here" in (message.body or ""))
            facts = (request.part_ids.product_id.qty_available, request.part_ids.quantity, request.state, len(told))
            if facts != (5, 5, "assigned", 1):
                raise Wrong(f"on hand, reserved, job and times told are {facts}")
        return self.winners(outcomes, 1, 2)

    @scenario
    def take_and_complete(self):
        """An emergency takes a part while the job that holds it is completed."""
        with self.commit():
            holder = self.job(2, on_hand=2)
            holder.with_user(self.plant.technician).action_start()
            taker = self.job(2, product=holder.part_ids.product_id, ask=False, priority="3")
            users, ids, part_ids = (self.plant.colleague.id, self.plant.technician.id), holder.ids, taker.part_ids.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["stock.move"].browse(part_ids).action_take_part("The line stands")),
            (users[1], lambda env: env["maintenance.request"].browse(ids).action_complete()),
        )
        with self.commit() as env:
            holder, part = env["maintenance.request"].browse(ids), env["stock.move"].browse(part_ids)
            facts = (holder.state, part.quantity)
            if facts not in (("completed", 0), ("waiting_parts", 2)):
                raise Wrong(f"holder and what was taken are {facts}")
        return self.winners(outcomes, 1, 1)

    @scenario
    def take_twice(self):
        """Two emergencies take the same part."""
        with self.commit():
            holder = self.job(2, on_hand=2)
            product = holder.part_ids.product_id
            takers = [self.job(2, product=product, ask=False, priority="3").part_ids.ids for _number in range(2)]
            users = (self.plant.colleague.id, self.plant.technician.id)
        outcomes = self.at_once(
            *(
                (user, lambda env, ids=ids: env["stock.move"].browse(ids).action_take_part("The line stands"))
                for user, ids in zip(users, takers, strict=True)
            )
        )
        with self.commit() as env:
            taken = sorted(env["stock.move"].browse(ids).quantity for ids in takers)
            if taken != [0, 2]:
                raise Wrong(f"taken: {taken}")
        return self.winners(outcomes, 1, 1)

    @scenario
    def order_and_lower(self):
        """A buyer orders what the technician needs less of."""
        with self.commit():
            request = self.job(8)
            users = (self.plant.buyer.id, self.plant.technician.id)
            ids, part_ids = request.requisition_ids.ids, request.part_ids.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_order()),
            (users[1], lambda env: env["stock.move"].browse(part_ids).write({"product_uom_qty": 3})),
        )
        with self.commit() as env:
            line = env["maintenance.requisition"].browse(ids).line_ids
            if (line.product_qty, line.purchase_line_ids.product_qty) != (3, 3):
                raise Wrong(f"asked for {line.product_qty}, ordered {line.purchase_line_ids.mapped('product_qty')}")
        return self.winners(outcomes, 2, 2)

    @scenario
    def confirm_and_cancel(self):
        """A buyer confirms the order of a job that the planner cancels."""
        with self.commit():
            request = self.job(8)
            request.requisition_ids.with_user(self.plant.buyer).action_order()
            users = (self.plant.buyer.id, self.plant.planner.id)
            ids, job_ids = request.requisition_ids.purchase_order_ids.ids, request.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["purchase.order"].browse(ids).button_confirm()),
            (users[1], lambda env: env["maintenance.request"].browse(job_ids).archive_equipment_request()),
        )
        with self.commit() as env:
            order = env["purchase.order"].browse(ids)
            told = self.plant._buyer_was_told(order)
            # cancelled first: taken off the order, which may stand for other jobs
            ordered = order.order_line.filtered(lambda line: line.maintenance_request_id.id in job_ids)
            if told != bool(ordered and order.state == "purchase"):
                raise Wrong(f"the order is {order.state}, its buyer was {'' if told else 'not '}told")
        return self.winners(outcomes, 1, 2)

    @scenario
    def receive_and_cancel(self):
        """Parts arrive for a job that the planner cancels."""
        with self.commit():
            request = self.job(5)
            requisition = request.requisition_ids.with_user(self.plant.buyer)
            requisition.action_order()
            requisition.purchase_order_ids.button_confirm()
            users = (self.plant.storekeeper.id, self.plant.planner.id)
            ids, job_ids = requisition.purchase_order_ids.sudo().picking_ids.ids, request.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["stock.picking"].browse(ids).button_validate()),
            (users[1], lambda env: env["maintenance.request"].browse(job_ids).archive_equipment_request()),
        )
        with self.commit() as env:
            product = env["maintenance.request"].browse(job_ids).part_ids.product_id
            if (product.qty_available, product.free_qty) != (5, 5):
                raise Wrong(f"{product.qty_available} on hand, {product.free_qty} free")
        return self.winners(outcomes, 2, 2)

    @scenario
    def assign(self):
        """Two technicians take the same work order."""
        with self.commit() as env:
            request = env["maintenance.request"].create({"name": "At once", "equipment_id": self.plant.assets[0].id})
            request.with_user(self.plant.planner).action_approve()
            users, ids = (self.plant.technician.id, self.plant.colleague.id), request.ids
        outcomes = self.at_once(*((user, lambda env: env["maintenance.request"].browse(ids).action_assign()) for user in users))
        with self.commit() as env:
            if env["maintenance.request"].browse(ids).user_id.id not in users:
                raise Wrong("it is nobody's")
        return self.winners(outcomes, 1, 2)

    @scenario
    def schedulers(self):
        """Two schedulers run."""
        with self.commit() as env:
            product = self.belt.copy({"name": "Filter"})
            product.seller_ids = [(0, 0, {"partner_id": self.plant.vendors[0].id, "price": 7, "delay": 3})]
            self.plant.products |= product
            env["stock.warehouse.orderpoint"].create(
                {"product_id": product.id, "location_id": self.plant.stock.id, "product_min_qty": 3, "product_max_qty": 9}
            )
            ids = product.ids
        outcomes = self.at_once(*((api.SUPERUSER_ID, lambda env: env["stock.rule"].run_scheduler()) for _number in range(2)))
        with self.commit() as env:
            lines = env["maintenance.requisition.line"].search([("product_id", "in", ids)])
            if lines.mapped("product_qty") != [9]:
                raise Wrong(f"held {lines.mapped('product_qty')}")
        return self.winners(outcomes, 2, 2)

    @scenario
    def scheduler_and_ask(self):
        """The scheduler runs while a technician asks for a part that has a reorder point."""
        with self.commit() as env:
            request = self.job(5, ask=False)
            product = request.part_ids.product_id
            env["stock.warehouse.orderpoint"].create(
                {"product_id": product.id, "location_id": self.plant.stock.id, "product_min_qty": 3, "product_max_qty": 9}
            )
            user, ids, job_ids = self.plant.technician.id, product.ids, request.ids
        outcomes = self.at_once(
            (api.SUPERUSER_ID, lambda env: env["stock.rule"].run_scheduler()),
            (user, lambda env: env["maintenance.request"].browse(job_ids).action_request_parts(offer=False)),
        )
        with self.commit() as env:
            lines = env["maintenance.requisition.line"].search([("product_id", "in", ids)])
            if sum(lines.mapped("product_qty")) not in (14, 19):
                raise Wrong(f"held {lines.mapped('product_qty')}")
        return self.winners(outcomes, 2, 2)

    def timers(self, env):
        """The running timers of the technician, as pairs of work order and hours."""
        return env["maintenance.labor"].search([("user_id", "=", self.plant.technician.id), ("is_running", "=", True)])

    @scenario
    def start_two_timers(self):
        """A technician starts the timer on two work orders, from two phones."""
        with self.commit() as env:
            self.timers(env)._stop()
            jobs = self.job(1, on_hand=5) | self.job(1, on_hand=5)
            user, ids = self.plant.technician.id, jobs.ids
        outcomes = self.at_once(
            *((user, lambda env, job=job: env["maintenance.request"].browse(job).action_timer_start()) for job in ids)
        )
        with self.commit() as env:
            if len(self.timers(env)) != 1:
                raise Wrong(f"{len(self.timers(env))} timers run")
        return self.winners(outcomes, 1, 2)

    @scenario
    def start_one_timer_twice(self):
        """A technician taps Start twice."""
        with self.commit() as env:
            self.timers(env)._stop()
            user, ids = self.plant.technician.id, self.job(1, on_hand=5).ids
        outcomes = self.at_once(
            *((user, lambda env: env["maintenance.request"].browse(ids).action_timer_start()) for _number in range(2))
        )
        with self.commit() as env:
            if len(env["maintenance.request"].browse(ids).labor_ids) != 1:
                raise Wrong("started twice")
        return self.winners(outcomes, 1, 2)

    @scenario
    def pause_and_complete(self):
        """A technician pauses what a colleague completes."""
        with self.commit() as env:
            self.timers(env)._stop()
            request = self.job(1, on_hand=5)
            request.with_user(self.plant.technician).action_timer_start()
            users, ids = (self.plant.technician.id, self.plant.colleague.id), request.ids
        outcomes = self.at_once(
            (users[0], lambda env: env["maintenance.request"].browse(ids).action_timer_pause()),
            (users[1], lambda env: env["maintenance.request"].browse(ids).action_complete()),
        )
        with self.commit() as env:
            labors = env["maintenance.request"].browse(ids).labor_ids
            if labors.mapped("is_running") != [False] or labors.hours <= 0:
                raise Wrong("not booked once")
        return self.winners(outcomes, 2, 2)

    @scenario
    def follow_up_twice(self):
        """Two technicians report the same failed check."""
        with self.commit() as env:
            request = self.job(1, on_hand=5)
            task = env["maintenance.task"].create(
                {"maintenance_request_id": request.id, "name": "Guard", "kind": "pass_fail", "result": "fail"}
            )
            users, ids = (self.plant.technician.id, self.plant.colleague.id), task.ids
        outcomes = self.at_once(
            *((user, lambda env: env["maintenance.task"].browse(ids).action_follow_up()) for user in users)
        )
        with self.commit() as env:
            if len(env["maintenance.task"].browse(ids).follow_up_ids) != 1:
                raise Wrong("not reported once")
        return self.winners(outcomes, 1, 2)


for name in ("odoo.sql_db", "odoo.addons.stock.models.stock_rule"):
    logging.getLogger(name).setLevel(logging.CRITICAL)  # who comes second is expected to be tried again
try:
    AtOnce(NAME).run(int(os.environ.get("ROUNDS", "3")))
finally:
    exp_drop.__wrapped__(NAME)  # the commands of this repository run Odoo without its database manager

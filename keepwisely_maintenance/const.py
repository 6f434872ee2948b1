"""What several rooms have to agree on. Whoever needs it takes it from here, not from another room."""

COSTS_GROUP = "keepwisely_maintenance.group_maintenance_costs"

#: May bring in the past of another system, with the dates it had there.
HISTORY_GROUP = "keepwisely_maintenance.group_maintenance_history"

#: States in which the work itself is over; native Maintenance calls them "done".
DONE_STATES = ("completed", "closed")

#: States of work that was agreed to and is not done: it stands in the plan, and its parts are wanted from stock.
PLANNED_STATES = ("approved", "assigned", "waiting_parts", "in_progress")

#: Orders that are not placed yet.
RFQ_STATES = ("draft", "sent", "to approve")

#: What a planned part and a part of a job ask for: whoever writes one of these is the author of the need.
NEED_FIELDS = {"product_id", "product_uom", "product_uom_qty"}

BILL_TYPES = ("in_invoice", "in_refund", "in_receipt")

#: In the context of what nobody pressed a button for. An object, since nobody can send one over the network.
UNATTENDED = object()

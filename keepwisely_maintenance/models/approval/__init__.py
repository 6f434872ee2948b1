"""Who may spend how much, and whether they said yes.

Tiers, decisions, delegation, reminders, what counts together, the drift of prices, emergencies decided on
afterwards, warranties, and the approver's page. It owns tiers, decisions and delegations. It uses requisitions,
parts and, for the approver's page, costs. It must not know how vendors are reviewed or what is written to the history.
"""

from . import mail_activity
from . import maintenance_approval_tier
from . import maintenance_approval_tier_amount
from . import maintenance_approval_delegation
from . import maintenance_approval_decision
from . import maintenance_requisition_approval
from . import maintenance_requisition_decide_lines
from . import maintenance_requisition_take_back
from . import maintenance_requisition_author
from . import maintenance_requisition_deciders
from . import maintenance_requisition_reminders
from . import maintenance_requisition_price_rise
from . import maintenance_requisition_emergency
from . import maintenance_requisition_line_price
from . import maintenance_requisition_counted_together
from . import maintenance_requisition_line_asked
from . import purchase_spend_notice
from . import maintenance_requisition_approver_page
from . import maintenance_requisition_warranty
from . import purchase_order_approval
from . import purchase_order_line_approval
from . import purchase_order_direct
from . import res_company
from . import res_users

"""The history that nobody can change.

What was done to requisitions, their lines, tiers, delegations and orders is written as it is committed, whichever
way it came. It owns the history. It watches requisitions, approvals and orders from outside: it decides nothing,
refuses only changes of the history itself, and they do not know that they are watched.
"""

from . import maintenance_audit_mixin
from . import maintenance_requisition_log
from . import maintenance_requisition_audit
from . import purchase_order_audit

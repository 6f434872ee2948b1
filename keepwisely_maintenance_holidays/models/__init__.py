"""Time off in the planner's week.

Approved leave needs nothing from here: it stands on the employee's resource, whose hours the week counts. What is asked for
and not decided yet is shown beside it, and people without a login work the hours of the employee they are.
"""

from . import res_partner
from . import maintenance_request

"""Hours on work orders as timesheets.

Where a person is an employee and a project is chosen, the analytic item of their hours is a timesheet as well. It stays one
item: the ledger and the analytic accounts count what they counted.
"""

from . import res_company
from . import maintenance_team
from . import account_analytic_line
from . import maintenance_labor

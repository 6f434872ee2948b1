from . import test_ledger_case
from . import test_ownership
from . import test_budget
from . import test_equipment_workbook
from . import test_trace
from . import test_analytic
from . import test_bills_in_part
from . import test_budget_spent

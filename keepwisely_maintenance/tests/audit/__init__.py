from . import test_requisition_log
from . import test_requisition_log_people
from . import test_requisition_log_prices

from . import test_supply
from . import test_changes
from . import test_service
from . import test_orderpoint
from . import test_orderpoint_refused
from . import test_requisition
from . import test_requisition_ordering

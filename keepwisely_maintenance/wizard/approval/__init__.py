from . import maintenance_price_approval
from . import maintenance_requisition_emergency
from . import maintenance_requisition_reject
from . import maintenance_requisition_decide

from . import maintenance_request_reopen
from . import maintenance_requisition_reject

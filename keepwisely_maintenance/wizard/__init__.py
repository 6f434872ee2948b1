from . import maintenance_line_receive
from . import maintenance_line_redirect
from . import maintenance_price_approval
from . import maintenance_request_reopen
from . import maintenance_requisition_emergency
from . import maintenance_requisition_reject
from . import maintenance_service_request

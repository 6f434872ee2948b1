from . import maintenance_line_receive
from . import maintenance_line_redirect
from . import maintenance_service_request

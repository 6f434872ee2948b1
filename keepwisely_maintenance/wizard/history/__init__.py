from . import maintenance_cobie_import
from . import maintenance_takeover
from . import maintenance_takeover_line

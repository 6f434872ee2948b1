from . import test_history_rows
from . import test_history_import
from . import test_history_files
from . import test_history_queries
from . import test_opening_costs
from . import test_rehearsal
from . import test_cobie
from . import test_cobie_files

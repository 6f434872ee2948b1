from . import test_existing_requests
from . import test_first_steps
from . import test_kept
from . import test_migration
from . import test_plant_days
from . import test_setup
from . import test_stages_asked
from . import test_native_names

from . import test_story
from . import test_lifecycle
from . import test_setup
from . import test_parts
from . import test_requisition
from . import test_query_counts
from . import test_external_api
from . import test_tours

from . import test_scan_page
from . import test_scan_photo
from . import test_assets
from . import test_corrections
from . import test_archive_merge
from . import test_scan_refused
from . import test_plate
from . import test_report

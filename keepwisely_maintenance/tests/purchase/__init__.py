from . import test_purchase_review
from . import test_purchase_review_make
from . import test_purchase_review_workbook
from . import test_purchase_review_findings
from . import test_purchase_review_decisions
from . import test_purchase_lock
from . import test_purchase_review_words

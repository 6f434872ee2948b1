"""A job from report to closing.

Its lifecycle and stages, tasks and their answers, hours and timers, failure codes, the time line, the plan and
the backlog of teams, and what whoever reported it sees. It owns tasks, labour, failure codes and phases; the work
order itself is native `maintenance.request`. It uses the company's days, and asks parts, requisitions and orders
only what is still to come. It must not know assets' standstill, prices, or how anything is asked for or bought.
"""

from . import maintenance_stage
from . import maintenance_stage_names
from . import maintenance_stage_asked
from . import maintenance_checklist_mixin
from . import maintenance_task
from . import maintenance_task_check
from . import res_users
from . import res_partner
from . import maintenance_team
from . import maintenance_labor
from . import maintenance_labor_timer
from . import maintenance_request
from . import maintenance_request_lifecycle
from . import maintenance_request_moment
from . import maintenance_request_over
from . import maintenance_request_reschedule
from . import maintenance_request_planning
from . import maintenance_team_backlog
from . import maintenance_request_phase
from . import maintenance_request_timeline
from . import maintenance_request_reporter
from . import maintenance_request_triage
from . import native_words
from . import maintenance_request_document
from . import mail_thread
from . import maintenance_request_mail
from . import maintenance_request_people
from . import maintenance_request_tell
from . import maintenance_request_ask
from . import maintenance_request_timer
from . import maintenance_request_hours_required
from . import maintenance_request_phone
from . import maintenance_request_overlap
from . import maintenance_request_plan_on
from . import maintenance_request_week
from . import maintenance_request_recurrence
from . import maintenance_failure_code
from . import maintenance_request_failure
from . import maintenance_task_follow_up
from . import maintenance_task_before_start
from . import maintenance_round_line
from . import maintenance_work_type
from . import res_company

import { PlannerWeek } from "@keepwisely_maintenance/planner_week/planner_week";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** Who has asked for leave has a mark on the day; what is decided already has the plane. */
patch(PlannerWeek.prototype, {
    askedLeaveTitle(cell) {
        return _t("Has asked for %s h of leave, not decided yet", this.time(cell.asked_leave));
    },
});

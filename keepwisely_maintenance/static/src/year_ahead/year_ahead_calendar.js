import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarYearRenderer } from "@web/views/calendar/calendar_year/calendar_year_renderer";

/*
 * The native calendar, whose year is the one ahead: twelve months from that of the day, not from January.
 */
class YearAheadModel extends CalendarModel {
    computeRange() {
        const { scale, date } = this.meta;
        if (scale !== "year") {
            return super.computeRange();
        }
        const start = date.startOf("month");
        return { start, end: start.plus({ years: 1 }).minus({ days: 1 }).endOf("day") };
    }
}

class YearAheadYearRenderer extends CalendarYearRenderer {
    get months() {
        return this._months;
    }

    /** The native renderer shows the months in the order in which it notes them. */
    set months(names) {
        const first = this.props.model.date.month - 1;
        this._months = [...names.slice(first), ...names.slice(0, first)];
    }

    getDateWithMonth(month) {
        return this.props.model.date.startOf("month").plus({ months: this.months.indexOf(month) }).toISO();
    }
}

class YearAheadRenderer extends CalendarRenderer {
    static components = { ...CalendarRenderer.components, year: YearAheadYearRenderer };
}

class YearAheadController extends CalendarController {
    get currentYear() {
        const { rangeStart, rangeEnd } = this.model;
        return rangeStart.hasSame(rangeEnd, "year") ? super.currentYear : `${rangeStart.year} – ${rangeEnd.year}`;
    }
}

registry.category("views").add("keepwisely_year_ahead", {
    ...calendarView,
    Controller: YearAheadController,
    Model: YearAheadModel,
    Renderer: YearAheadRenderer,
});

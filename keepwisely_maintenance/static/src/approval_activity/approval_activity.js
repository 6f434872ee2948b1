import { Activity as ActivityRecord } from "@mail/core/common/activity_model";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { patch } from "@web/core/utils/patch";

/*
 * A to-do to approve a requisition is answered where it stands: in the chatter and in the lists of
 * activities. It has no "Mark Done", which would look like an approval and be none.
 */
patch(ActivityRecord.prototype, {
    setup() {
        super.setup(...arguments);
        this.can_decide_requisition = false;
    },

    async approveRequisition() {
        const { orm, action } = this.store.env.services;
        await action.doAction(await orm.call(this.res_model, "action_approve", [[this.res_id]]));
    },

    /** Asks for the reason; resolves when the dialog is closed. */
    async rejectRequisition() {
        await new Promise((resolve) =>
            this.store.env.services.action.doAction(
                "keepwisely_maintenance.action_maintenance_requisition_reject",
                {
                    additionalContext: { active_ids: [this.res_id] },
                    onClose: resolve,
                }
            )
        );
    },
});

patch(Activity.prototype, {
    async onClickApprove() {
        const thread = this.thread;
        await this.props.activity.approveRequisition();
        this.props.onActivityChanged(thread);
        this.props.reloadParentView();
    },

    async onClickReject() {
        const thread = this.thread;
        await this.props.activity.rejectRequisition();
        this.props.onActivityChanged(thread);
        this.props.reloadParentView();
    },
});

patch(ActivityListPopoverItem.prototype, {
    get hasMarkDoneButton() {
        return super.hasMarkDoneButton && !this.props.activity.can_decide_requisition;
    },

    async onClickApprove() {
        await this.props.activity.approveRequisition();
        this.props.onActivityChanged?.();
    },

    async onClickReject() {
        this.props.onClickEditActivityButton?.();
        await this.props.activity.rejectRequisition();
        this.props.onActivityChanged?.();
    },
});

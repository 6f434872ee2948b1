import { registry } from "@web/core/registry";

/**
 * Opens the action that `params` name, as its menu does. An action that a notification brings along as `next` would show
 * the HTML of its empty list as text.
 */
registry
    .category("actions")
    .add("keepwisely_open_anew", (env, { params }) => env.services.action.doAction(params.action, { clearBreadcrumbs: true }));

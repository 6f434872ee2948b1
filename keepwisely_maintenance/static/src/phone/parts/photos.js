import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

/** Photos that are on the device only. */
export class Photos extends Component {
    static template = "keepwisely_maintenance.PhonePhotos";
    static props = { ids: Array };

    setup() {
        this.state = useState({ urls: {} });
        onWillStart(() => this.load(this.props.ids));
        onWillUpdateProps(({ ids }) => this.load(ids));
        onWillUnmount(() => Object.values(this.state.urls).forEach((url) => URL.revokeObjectURL(url)));
    }

    async load(ids) {
        const { vault } = this.env.work;
        for (const id of ids.filter((found) => !this.state.urls[found])) {
            const bytes = await vault?.readPhoto(id).catch(() => null);
            if (bytes) {
                this.state.urls[id] = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
            }
        }
    }
}

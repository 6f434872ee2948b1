import { Component, onWillStart, useState, xml } from "@odoo/owl";
import { loadJS } from "@web/core/assets";
import { BarcodeVideoScanner, isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";

/** Reads codes where the browser does not by itself; the service worker keeps it then. */
export const READER = "/web/static/lib/zxing-library/zxing-library.js";
export const needsReader = () => !("BarcodeDetector" in window);

/** Odoo's reader takes what lies in a band across the picture; a square label on a wall is larger than that. */
class WholePicture extends Component {
    static template = xml`<t t-slot="default"/>`;
    static props = ["*"];
}
class CameraReader extends BarcodeVideoScanner {
    static components = { CropOverlay: WholePicture };
}

/** The camera reads a code; where there is none, or no permission, it is typed. */
export class CodeScanner extends Component {
    static template = "keepwisely_maintenance.PhoneScanner";
    static components = { CameraReader };
    static props = { onCode: Function, close: { type: Function, optional: true } };

    setup() {
        this.state = useState({ hasCamera: isBarcodeScannerSupported(), error: "", text: "" });
        this.isDone = false;
        onWillStart(async () => {
            if (this.state.hasCamera && needsReader()) {
                await loadJS(READER).catch(() => this.onError(new Error(_t("what reads the codes comes with the next signal."))));
            }
        });
        this.onResult = (code) => {
            if (!this.isDone) {
                this.isDone = true; // the reader goes on until it is gone
                navigator.vibrate?.(60);
                this.props.onCode(code);
                setTimeout(() => (this.isDone = false), 1500);
            }
        };
        this.onError = (error) => {
            Object.assign(this.state, { hasCamera: false, error: error.message || "" });
        };
    }

    onType() {
        if (this.state.text.trim()) {
            this.props.onCode(this.state.text);
            this.state.text = "";
        }
    }
}

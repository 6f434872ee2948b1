import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Sheet } from "./sheet";

const LARGEST = 60 * 1024;

/** Name and signature, drawn with the finger. */
export class SignatureSheet extends Component {
    static template = "keepwisely_maintenance.PhoneSignature";
    static components = { Sheet };
    static props = { close: Function, sign: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ name: "", isDrawn: false });
        onMounted(() => this.clear());
    }

    clear() {
        const { el } = this.canvas;
        el.width = Math.min(600, el.clientWidth || 320);
        el.height = Math.round(el.width / 2.4);
        this.pen = el.getContext("2d");
        this.pen.fillStyle = "white";
        this.pen.fillRect(0, 0, el.width, el.height);
        Object.assign(this.pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
        this.state.isDrawn = false;
    }

    at({ offsetX, offsetY }) {
        const { width, height, clientWidth, clientHeight } = this.canvas.el;
        return [(offsetX * width) / clientWidth, (offsetY * height) / clientHeight];
    }

    onDown(ev) {
        this.canvas.el.setPointerCapture(ev.pointerId);
        this.isDown = true;
        this.pen.beginPath();
        this.pen.moveTo(...this.at(ev));
    }

    onMove(ev) {
        if (this.isDown) {
            this.pen.lineTo(...this.at(ev));
            this.pen.stroke();
            this.state.isDrawn = true;
        }
    }

    onUp() {
        this.isDown = false;
    }

    get canSign() {
        return this.state.isDrawn && this.state.name.trim();
    }

    sign() {
        const png = this.canvas.el.toDataURL("image/png").split(",")[1];
        if (png.length > LARGEST * 1.34) {
            this.clear();
            return;
        }
        this.props.sign({ name: this.state.name.trim(), png });
        this.props.close();
    }
}

import { hasTouch, isMobileOS } from "@web/core/browser/feature_detection";
import { registry } from "@web/core/registry";
import { FileUploader } from "@web/views/fields/file_handler";
import { ImageField, imageField } from "@web/views/fields/image/image_field";

/** Opens the camera instead of the files. */
class CameraUploader extends FileUploader {
    static template = "keepwisely_maintenance.CameraUploader";
}

/* A photo with buttons that say what they do; where there is a camera in one's hand, it comes first. */
export class PhotoField extends ImageField {
    static template = "keepwisely_maintenance.PhotoField";
    static components = { CameraUploader, FileUploader };

    get hasCamera() {
        return isMobileOS() || hasTouch();
    }
}

registry.category("fields").add("keepwisely_photo", { ...imageField, component: PhotoField });

// Pictures from this device, where the page takes uploads at all.

const hostOf = (view) => view.dom.closest("live-editor");

export const canUpload = (view) => typeof hostOf(view)?.uploadFiles === "function";

export function chooseImages(view) {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = "image/*";
  chooser.multiple = true;
  chooser.addEventListener("change", () => {
    view.focus();
    if (chooser.files.length) hostOf(view).uploadFiles([...chooser.files]);
  });
  chooser.click();
}

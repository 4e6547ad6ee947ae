// Makes a photo small before it is uploaded: at most `sidePx` on its longer side, as JPEG. When and where it was
// taken (Exif) goes with it, as evidence needs both. What cannot be shrunk here comes back as it is.
const START = 0xffd8;
const EXIF_SEGMENT = 0xffe1;
const ORIENTATION = 0x0112;

const exifOf = (bytes) => {
  const view = new DataView(bytes);
  if (view.byteLength < 4 || view.getUint16(0) !== START) return null;
  let place = 2;
  while (place + 10 < view.byteLength && view.getUint8(place) === 0xff) {
    const size = view.getUint16(place + 2);
    if (view.getUint16(place) === EXIF_SEGMENT && view.getUint32(place + 4) === 0x45786966) {
      return bytes.slice(place, place + 2 + size);
    }
    place += 2 + size;
  }
  return null;
};

// The canvas has turned the picture upright already: its note must not turn it again.
const upright = (segment) => {
  const view = new DataView(segment);
  const little = view.getUint16(10) === 0x4949;
  const first = 10 + view.getUint32(14, little);
  for (let entry = 0; entry < view.getUint16(first, little); entry += 1) {
    const place = first + 2 + entry * 12;
    if (view.getUint16(place, little) === ORIENTATION) view.setUint16(place + 8, 1, little);
  }
  return segment;
};

export const shrink = async (file, { sidePx = 2560, quality = 0.85 } = {}) => {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const share = Math.min(1, sidePx / Math.max(picture.width, picture.height));
  if (share === 1 && file.type === "image/jpeg") return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * share);
  canvas.height = Math.round(picture.height * share);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (!made) return file;
  let parts = [made];
  try {
    const exif = exifOf(await file.slice(0, 262144).arrayBuffer());
    if (exif) parts = [made.slice(0, 2), upright(exif), made.slice(2)];
  } catch {
    // Notes that cannot be read stay behind; the picture goes.
  }
  const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
  return new File(parts, name, { type: "image/jpeg", lastModified: file.lastModified });
};

/**
 * Pictures and files. Only pictures that the sandbox itself holds are shown: the page never fetches from elsewhere.
 * @module
 */

import { h, isolated, link } from "../dom.js";
import { icon } from "../icons.js";

/** @typedef {import("../types.js").Attachment} Attachment */

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", location.hostname]);

/**
 * The address of a picture on this server, or null.
 * @param {string | null | undefined} address also `attachment://name`
 * @param {Attachment[]} attachments
 * @returns {string | null}
 */
export function ownAddress(address, attachments) {
  if (!address) return null;
  if (address.startsWith("attachment://")) {
    const name = address.slice("attachment://".length);
    const attachment = attachments.find((other) => other.name === name);
    return attachment ? ownAddress(attachment.url, []) : null;
  }
  try {
    const url = new URL(address, location.origin);
    const local = LOOPBACK.has(url.hostname) && url.pathname.startsWith("/attachments/");
    return local ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

/**
 * A picture, or a link to it when it lies on another server.
 * @param {string | null | undefined} address
 * @param {Attachment[]} attachments
 * @param {{className: string, alt?: string | null}} look
 */
export function picture(address, attachments, { className, alt }) {
  if (!address) return null;
  const source = ownAddress(address, attachments);
  if (source) return h("img", { class: className, src: source, alt: alt || nameIn(address), loading: "lazy" });
  return h("p", { class: "elsewhere" }, link(address, {}, icon("away"), alt || "Picture on another site"));
}

/** @param {string} address */
function nameIn(address) {
  return address.split("/").at(-1)?.split("?")[0] || "picture";
}

/**
 * The files under a message, without those that an embed shows.
 * @param {import("../types.js").Message} message
 */
export function attachmentList(message) {
  const shown = JSON.stringify([message.embeds, message.components]);
  const loose = message.attachments.filter(
    (file) => !shown.includes(JSON.stringify(`attachment://${file.name}`)) && !shown.includes(JSON.stringify(file.url)),
  );
  if (loose.length === 0) return null;
  return h("div", { class: "attachments" }, loose.map((file) => fileCard(file)));
}

/** @param {Attachment} file */
export function fileCard(file) {
  const address = ownAddress(file.url, []);
  const isPicture = (file.content_type ?? "").startsWith("image/") || /\.(png|jpe?g|gif|webp)$/i.test(file.name);
  if (address && isPicture) {
    const image = h("img", { class: "attached", src: address, alt: file.description || file.name, loading: "lazy" });
    return h("a", { href: address, target: "_blank", rel: "noopener", class: "picture-link" }, image);
  }
  const name = isolated(file.name);
  return h(
    "p",
    { class: "file" },
    icon("attach"),
    address ? h("a", { href: address, download: file.name }, name) : name,
    h("span", { class: "faint" }, size(file.size)),
  );
}

/** @param {number} bytes */
function size(bytes) {
  if (!(bytes >= 0)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

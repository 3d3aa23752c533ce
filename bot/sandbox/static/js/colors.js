/**
 * Keeps members' colours readable (WCAG AA, 4.5 to 1) on the light and on the dark page. Pure.
 * @module
 */

// The grounds that names stand on which leave the least contrast: the chosen member's row, in both schemes.
const LIGHT_GROUND = [222, 234, 231];
const DARK_GROUND = [40, 66, 64];
const WANTED = 4.5;

/**
 * @param {string | null | undefined} hex
 * @returns {number[]}
 */
function channels(hex) {
  const match = /^#?([0-9a-f]{6})$/i.exec(hex ?? "");
  const value = parseInt(match ? match[1] : "808a99", 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** @param {number[]} rgb */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The colour, moved towards black or white until it can be read on this ground.
 * @param {number[]} rgb
 * @param {number[]} ground
 */
function readableOn(rgb, ground) {
  const goal = luminance(ground) > 0.4 ? 0 : 255;
  let mixed = rgb;
  for (let step = 0; step <= 20 && contrast(mixed, ground) < WANTED; step += 1) {
    mixed = rgb.map((part) => Math.round(part + ((goal - part) * step) / 20));
  }
  return `rgb(${mixed.join(" ")})`;
}

/**
 * The CSS custom properties of a member: name colours for both schemes, and the avatar with its letter.
 * @param {string | null | undefined} hex
 * @returns {Record<string, string>}
 */
export function memberColors(hex) {
  const rgb = channels(hex);
  const white = contrast(rgb, [255, 255, 255]);
  const black = contrast(rgb, [20, 22, 26]);
  return {
    "name-light": readableOn(rgb, LIGHT_GROUND),
    "name-dark": readableOn(rgb, DARK_GROUND),
    avatar: `rgb(${rgb.join(" ")})`,
    initial: white >= black ? "#ffffff" : "#14161a",
  };
}

/**
 * @param {number | null | undefined} color Discord's integer
 * @returns {string | null}
 */
export function hexOf(color) {
  if (typeof color !== "number" || !Number.isInteger(color) || color < 0 || color > 0xffffff) return null;
  return `#${color.toString(16).padStart(6, "0")}`;
}

/**
 * Order of ids: snowflakes are numbers too large for JavaScript's, written as strings.
 * @module
 */

/**
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
export function compareIds(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Put an item into a list ordered by id: in place of the one with its id, or where it belongs.
 * @template {{id: string}} T
 * @param {T[]} list
 * @param {T} item
 * @returns {boolean} true when the item is new
 */
export function putById(list, item) {
  let index = list.length;
  while (index > 0 && compareIds(list[index - 1].id, item.id) > 0) index -= 1;
  const known = index > 0 && list[index - 1].id === item.id;
  if (known) list[index - 1] = item;
  else list.splice(index, 0, item);
  return !known;
}

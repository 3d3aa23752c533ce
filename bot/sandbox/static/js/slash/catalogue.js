/**
 * The bot's slash commands as one flat list, and who may use them.
 * @module
 */

/** @typedef {import("../app.js").App} App */
/** @typedef {{path: string, description: string, options: any[], root: any}} Entry */

const SUBCOMMAND = 1;
const GROUP = 2;
const ADMINISTRATOR = 8n;

/**
 * Every slash command that can be run, subcommands written out.
 * @param {any[]} commands as registered
 * @returns {Entry[]}
 */
export function catalogue(commands) {
  return commands
    .filter((command) => (command.type ?? 1) === 1)
    .flatMap((command) => leaves(command, command.name, command))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/**
 * @param {any} node
 * @param {string} path
 * @param {any} root
 * @returns {Entry[]}
 */
function leaves(node, path, root) {
  const options = node.options ?? [];
  const inner = options.filter((/** @type {any} */ option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (inner.length === 0) return [{ path, description: node.description ?? "", options, root }];
  return inner.flatMap((/** @type {any} */ option) => leaves(option, `${path} ${option.name}`, root));
}

/**
 * Whether the chosen member may use a command, as far as its default permissions say. The bot checks again by itself.
 * @param {App} app
 * @param {any} command
 * @returns {boolean}
 */
export function mayUse({ store, session }, command) {
  const needed = command.default_member_permissions;
  if (needed === null || needed === undefined) return true;
  const wanted = BigInt(needed) || ADMINISTRATOR;
  const held = BigInt(store.member(session.me)?.permissions ?? "0");
  return (held & ADMINISTRATOR) === ADMINISTRATOR || (held & wanted) === wanted;
}

/**
 * The entries that fit what was typed: those that begin with it first.
 * @param {Entry[]} entries
 * @param {string} typed without the slash
 */
export function fitting(entries, typed) {
  const wanted = typed.trim().toLocaleLowerCase();
  const begins = entries.filter((entry) => entry.path.toLocaleLowerCase().startsWith(wanted));
  const contains = entries.filter((entry) => !begins.includes(entry) && `${entry.path} ${entry.description}`.toLocaleLowerCase().includes(wanted));
  return [...begins, ...contains];
}

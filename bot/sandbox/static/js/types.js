/**
 * The shapes that the sandbox's server sends, as docs/sandbox.md describes them. No code.
 * @module
 */

/** @typedef {{id: string, name: string, color: string | null, bot: boolean, roles: string[], moderator: boolean,
 *   permissions: string, left?: boolean}} Member */
/** @typedef {{id: string, name: string}} Tag */
/** @typedef {{id: string, name: string, type: "text" | "forum" | "category" | "thread" | "dm", parent_id: string | null,
 *   topic?: string, archived?: boolean, locked?: boolean, position?: number, tags?: Tag[],
 *   visible_to: string[] | null}} Channel */
/** @typedef {{id: string | null, name: string | null, animated?: boolean}} Emoji */
/** @typedef {{emoji: Emoji, count: number, burst: number, members: string[]}} Reaction */
/** @typedef {{name: string, url: string, size: number, content_type?: string, description?: string | null}} Attachment */
/** @typedef {{id: string, author_id: string | null, excerpt: string | null}} Reply */
/** @typedef {{id: string, channel_id: string, author_id: string, author_name: string, content: string, timestamp: string,
 *   edited_timestamp: string | null, type: number, reply_to: Reply | null, embeds: any[], components: any[],
 *   attachments: Attachment[], reactions: Reaction[], mentions: string[], flags: number, nonce: string | null,
 *   thread_id: string | null}} Message */
/** @typedef {{id: string, name: string, color?: string}} Role */
/** @typedef {{guild: {id: string, name: string, roles?: Role[]}, bot: {id: string, name: string, online: boolean},
 *   members: Member[], channels: Channel[], messages: Record<string, Message[]>, commands: any[],
 *   ephemerals: Record<string, Message[]>}} Snapshot */

/** The flags of a message that the page looks at. */
export const FLAG = Object.freeze({ EPHEMERAL: 64, THINKING: 128, QUIET: 4096, COMPONENTS_V2: 32768 });

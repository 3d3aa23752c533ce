/**
 * Threads and forum posts: starting one, and a forum's list of its posts.
 * @module
 */

import { button, h, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { openDialog } from "./forms/dialog.js";
import { choiceList, chosenIn } from "./forms/choices.js";
import { compareIds } from "./order.js";
import { memberName } from "./message/names.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Message} Message */

/**
 * Ask for a name, and start a thread.
 * @param {App} app
 * @param {Message | null} message the message it starts from
 */
export function askThreadName(app, message) {
  const channelId = message?.channel_id ?? app.session.channelId;
  const name = h("input", { type: "text", required: true, maxlength: 100, autocomplete: "off" });
  openDialog({
    title: "New thread",
    body: h("label", { class: "labelled", data: { name: "Name" } }, "Name", name),
    submit: "Create",
    onSubmit: async () => {
      const from = message ? { message_id: message.id } : {};
      const answer = await app.interactions.perform({ do: "thread", channel_id: channelId, name: name.value, ...from });
      if (answer) app.visit(answer.channel_id);
      return answer !== null;
    },
  });
}

/**
 * Ask for a title, a text and tags, and post it in a forum.
 * @param {App} app
 * @param {Channel} forum
 */
export function askForumPost(app, forum) {
  const name = h("input", { type: "text", required: true, maxlength: 100, autocomplete: "off" });
  const content = h("textarea", { required: true, maxlength: 2000, rows: 6 });
  const tags = (forum.tags ?? []).map((tag) => ({ label: tag.name, value: tag.id }));
  openDialog({
    title: "New post",
    body: [
      h("label", { class: "labelled", data: { name: "Title" } }, "Title", name),
      h("label", { class: "labelled", data: { name: "Text" } }, "Text", content),
      tags.length > 0 && choiceList({ legend: "Tags", name: "tag", choices: tags, several: true }),
    ],
    submit: "Post",
    onSubmit: async (form) => {
      const fields = { channel_id: forum.id, name: name.value, content: content.value, tags: chosenIn(form, "tag") };
      const answer = await app.interactions.perform({ do: "forum_post", ...fields });
      if (answer) app.visit(answer.channel_id);
      return answer !== null;
    },
  });
}

/**
 * A forum's posts, the liveliest first.
 * @param {App} app
 * @param {Channel} forum
 */
export function forumView(app, forum) {
  const newest = (/** @type {Channel} */ thread) => app.store.state.messages[thread.id]?.at(-1)?.id ?? thread.id;
  const posts = app.store
    .visibleChannels(app.session.me)
    .filter((channel) => channel.type === "thread" && channel.parent_id === forum.id)
    .sort((a, b) => compareIds(newest(b), newest(a)));
  if (posts.length === 0) return h("p", { class: "empty" }, "No posts yet. Write the first one.");
  return h("ul", { class: "posts" }, posts.map((post) => h("li", {}, postCard(app, post))));
}

/**
 * @param {App} app
 * @param {Channel} post
 */
function postCard(app, post) {
  const messages = app.store.state.messages[post.id] ?? [];
  const first = messages[0];
  return button(
    `Open the post ${post.name}`,
    () => app.session.open(post.id),
    { class: "post", data: { focus: `post ${post.id}` } },
    h(
      "span",
      { class: "post-tags" },
      (post.tags ?? []).map((tag) => h("span", { class: "tag" }, isolated(tag.name))),
      post.locked && h("span", { class: "tag" }, icon("lock"), "locked"),
      post.archived && h("span", { class: "tag" }, "archived"),
    ),
    isolated(post.name, "post-title"),
    first && h("span", { class: "post-excerpt" }, memberName(app, first.author_id), ": ", isolated(first.content.slice(0, 200))),
    h("span", { class: "faint" }, `${messages.length} ${messages.length === 1 ? "message" : "messages"}`),
  );
}

/**
 * Starts the page.
 * @module
 */

import { App } from "./app.js";
import { showConnection, startBar } from "./bar.js";
import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { openModal } from "./forms/modal.js";
import { keepRelativeTimes } from "./markdown/moments.js";
import { startPeople } from "./people.js";
import { Live } from "./server.js";
import { startSidebar } from "./sidebar.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";

const app = new App();
startSidebar(app);
startBar(app);
startPeople(app);
const timeline = new Timeline(app);
app.jump = (messageId) => timeline.jump(messageId);
const composer = new Composer(app);
const typing = new Typing(app, composer.typing);
app.interactions.onModal = (change) => openModal(app, change);
keepRelativeTimes();

byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.field.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") app.closeDrawers();
});

new Live(
  (change) => {
    app.hear(change);
    typing.hear(change);
  },
  showConnection,
).start();

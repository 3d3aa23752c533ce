/**
 * The only way to the server: acts go out by POST, changes come in by one websocket that reconnects by itself.
 * Knows no element of the page.
 * @module
 */

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 3000;
export const UPLOAD_LIMIT = 8 * 1024 * 1024;

/** The server refused an act; the message is one sentence for the person. */
export class Refusal extends Error {}

/**
 * Do something as a member.
 * @param {{as: string, do: string, [key: string]: any}} fields
 * @returns {Promise<any>} the server's answer
 */
export async function act(fields) {
  let answer;
  try {
    const response = await fetch("/_sandbox/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    answer = await response.json();
  } catch {
    throw new Refusal("The sandbox did not answer. Is it still running?");
  }
  if (!answer.ok) throw new Refusal(answer.error ?? "The sandbox refused this.");
  return answer;
}

/**
 * Store a file; the answer is its upload id.
 * @param {string} as
 * @param {File} file
 * @returns {Promise<string>}
 */
export async function upload(as, file) {
  if (file.size > UPLOAD_LIMIT) throw new Refusal(`${file.name} is larger than 8 MB.`);
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(new Refusal(`${file.name} could not be read.`)));
    reader.readAsDataURL(file);
  });
  const data = address.slice(address.indexOf(",") + 1);
  const answer = await act({ as, do: "upload", name: file.name, content_type: file.type || undefined, data });
  return answer.upload_id;
}

/** The live connection. */
export class Live {
  #retry = FIRST_RETRY_MS;

  /**
   * @param {(change: any) => void} onChange
   * @param {(connected: boolean) => void} onStatus
   */
  constructor(onChange, onStatus) {
    this.onChange = onChange;
    this.onStatus = onStatus;
  }

  /** Connect, and again whenever the connection ends. */
  start() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/_sandbox/live`);
    socket.addEventListener("open", () => {
      this.#retry = FIRST_RETRY_MS;
      this.onStatus(true);
    });
    socket.addEventListener("message", (event) => this.#read(event.data));
    socket.addEventListener("close", () => {
      this.onStatus(false);
      setTimeout(() => this.start(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, LAST_RETRY_MS);
    });
  }

  /** @param {string} data */
  #read(data) {
    let change;
    try {
      change = JSON.parse(data);
    } catch {
      console.warn("A live change could not be read.");
      return;
    }
    this.onChange(change);
  }
}

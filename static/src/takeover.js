/**
 * Windows of one browser tell each other which of them goes on with a session. Over plain http there are no web locks, and the
 * server's lease is not asked for before the next row.
 */

export class Takeover {
  /** @param {() => void} lost another window goes on with the session of this one */
  constructor(lost) {
    /** @type {string | null} */
    this.session = null;
    try {
      this.channel = new BroadcastChannel("twinbean");
      this.channel.onmessage = ({ data }) => data === this.session && lost();
    } catch {
      // Where site data are blocked, windows have nothing in common either.
    }
  }

  /** This window goes on with `session`, and no other does. @param {string} session */
  take(session) {
    this.session = session;
    this.channel?.postMessage(session);
  }
}

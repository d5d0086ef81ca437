// The line to the server: Socket.IO first, a poll when it is down, and the truth about which it is.
import { io } from "socket.io-client";
import { setClockOffset } from "../../../../hub/ui/assets/clock.js";
import { setConnectionBanner, setLiveState } from "../../../../hub/ui/assets/shell.js";
import { say, writeClock } from "./words.js";

const POLL_MS = 10000;
const KINDS = [
  "alert.raised",
  "alert.changed",
  "device.changed",
  "site.changed",
  "conference.changed",
];
// Numbers older than this after a lost line are not worth a gap: a snapshot says the same sooner.
const GAP_MS = 120000;

export class Line {
  constructor({ stateUrl, onSnapshot, onMessage, onObservations }) {
    this.hearing = null;
    Object.assign(this, { stateUrl, onSnapshot, onMessage, onObservations });
    this.lastHeard = Date.now();
    this.seq = 0;
    this.poller = null;
    this.signedOut = false;
  }

  open() {
    this.socket = io("/ops", {
      transports: ["websocket", "polling"],
      auth: (give) => give({ resumes: this.canResume() }),
      reconnectionDelay: 500,
      reconnectionDelayMax: 8000,
    });
    this.socket.on("connect", () => this.connected());
    this.socket.on("disconnect", (reason) => this.lost(reason));
    this.socket.on("connect_error", () => this.lost("connect_error"));
    this.socket.on("snapshot", (message) => this.snapshot(message));
    for (const kind of KINDS) this.socket.on(kind, (message) => this.message(kind, message));
    this.socket.on("hearing", (message) => this.hear(message.data));
    this.socket.on("observations", (message) => {
      this.heard(message.at);
      this.onObservations(message.items);
    });
    // A laptop that slept: ask at once rather than believe what is on the screen.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.socket.connected) this.socket.connect();
    });
  }

  canResume() {
    return this.seq > 0 && Date.now() - this.lastHeard < GAP_MS;
  }

  connected() {
    this.stopPolling();
    this.signedOut = false;
    this.showHeard();
    if (this.canResume()) {
      this.socket.emit("resume", { since: this.seq });
      // Ages, reachability and stations have moved on too; one poll brings them without the line's help.
      this.poll();
    }
    this.lostAt = null;
  }

  lost(reason) {
    if (!this.lostAt) this.lostAt = new Date();
    this.showLost();
    this.startPolling();
    // The server cut us off: our rights or our session changed. The poll finds out which.
    if (reason === "io server disconnect")
      this.poll().then(() => {
        if (!this.signedOut) this.socket.connect();
      });
  }

  showLost() {
    const time = writeClock(new Date(this.lastHeard), true);
    const word = this.signedOut ? "signed_out" : this.pollWorks ? "lost_polling" : "lost";
    setConnectionBanner(say(word, { time }));
    setLiveState(
      this.pollWorks && !this.signedOut ? "polling" : "lost",
      say(this.pollWorks ? "polling" : "newest", { time: "" }),
      time,
    );
  }

  // The line may be fine and the sensors silent all the same: the badge means all of it.
  hear(state) {
    this.hearing = state;
    if (this.socket.connected) this.showHeard();
  }

  showHeard() {
    // Connected is not yet "live": before the first snapshot nobody knows what the sensors do.
    if (!this.hearing) return;
    if (!this.hearing.deaf) {
      setConnectionBanner("");
      setLiveState("live", say("live"), "");
      return;
    }
    const time = this.hearing.since ? writeClock(new Date(this.hearing.since), true) : "–";
    setConnectionBanner(say(`deaf_${this.hearing.deaf}`, { time }));
    setLiveState("deaf", say("deaf"), "");
  }

  heard(at) {
    this.lastHeard = Date.now();
    if (at) setClockOffset(new Date(at) - Date.now());
  }

  snapshot(message) {
    this.heard(message.at);
    this.seq = message.seq;
    this.hear(message.data.hearing);
    this.onSnapshot(message);
  }

  message(kind, message) {
    this.heard(null);
    this.seq = Math.max(this.seq, message.seq);
    this.onMessage(kind, message);
  }

  startPolling() {
    if (this.poller) return;
    this.pollWorks = false;
    this.poller = setInterval(() => this.poll(), POLL_MS);
    this.poll();
  }

  stopPolling() {
    clearInterval(this.poller);
    this.poller = null;
  }

  async poll() {
    try {
      const answer = await fetch(this.stateUrl, {
        headers: { Accept: "application/json" },
        redirect: "manual",
        cache: "no-store",
      });
      this.signedOut =
        answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
      this.pollWorks = answer.ok;
      if (answer.ok) this.snapshot(await answer.json());
    } catch {
      this.pollWorks = false;
    }
    if (!this.socket.connected) this.showLost();
    return this.pollWorks;
  }
}

// A tone per severity, made here (no file). Never the only sign, never before a hand has asked for it.
import { say, writeCountdown } from "./words.js";

// [frequency in Hz, start in s, length in s]: the graver, the more and the higher.
const TONES = {
  critical: [
    [880, 0, 0.18],
    [660, 0.22, 0.18],
    [880, 0.44, 0.18],
    [660, 0.66, 0.3],
  ],
  high: [
    [740, 0, 0.2],
    [740, 0.3, 0.2],
  ],
  medium: [[587, 0, 0.25]],
  low: [[440, 0, 0.15]],
};
const REPEAT_MS = 15000;

export class Sound {
  constructor(root) {
    this.root = root;
    this.button = root.querySelector("[data-sound]");
    this.menu = root.querySelector("[data-mute-menu]");
    this.mutedUntil = 0;
    this.loudest = null;
    root.hidden = false;
    this.button.addEventListener("click", () => this.toggle());
    root
      .querySelector("[data-sound-test]")
      .addEventListener("click", () => this.play("high", true));
    for (const choice of root.querySelectorAll("[data-mute]")) {
      choice.addEventListener("click", () => this.mute(Number(choice.dataset.mute)));
    }
    setInterval(() => this.loudest === "critical" && this.play("critical"), REPEAT_MS);
  }

  get isOn() {
    return Boolean(this.audio) && this.audio.state === "running";
  }

  async toggle() {
    if (this.mutedUntil > Date.now()) this.mutedUntil = 0;
    else if (this.isOn) await this.audio.suspend();
    else {
      this.audio ??= new AudioContext();
      await this.audio.resume();
      this.play("low", true);
    }
    this.show();
  }

  mute(minutes) {
    this.mutedUntil = Date.now() + minutes * 60000;
    this.menu.open = false;
    this.show();
  }

  // Once a second, for the countdown.
  show() {
    const left = this.mutedUntil - Date.now();
    const audible = this.isOn && left <= 0;
    const text =
      this.isOn && left > 0
        ? say("muted_for", { left: writeCountdown(left) })
        : say(this.isOn ? "sound_on" : "sound_off");
    this.menu.hidden = !this.isOn;
    this.button.setAttribute("aria-pressed", String(audible));
    const words = this.button.querySelector("span");
    if (words.textContent !== text) words.textContent = text;
    const use = this.button.querySelector("use");
    use.setAttribute(
      "href",
      use.getAttribute("href").replace(/#.*/, audible ? "#i-volume" : "#i-volume-off"),
    );
  }

  // A critical alert nobody has taken sounds again and again; everything else once.
  watch(unowned) {
    this.loudest = unowned;
  }

  play(severity, anyway = false) {
    if (!this.isOn || (!anyway && this.mutedUntil > Date.now())) return;
    const start = this.audio.currentTime + 0.02;
    for (const [frequency, after, length] of TONES[severity] ?? []) {
      const tone = this.audio.createOscillator();
      const loudness = this.audio.createGain();
      tone.frequency.value = frequency;
      loudness.gain.setValueAtTime(0, start + after);
      loudness.gain.linearRampToValueAtTime(0.25, start + after + 0.02);
      loudness.gain.linearRampToValueAtTime(0, start + after + length);
      tone.connect(loudness).connect(this.audio.destination);
      tone.start(start + after);
      tone.stop(start + after + length);
    }
  }
}

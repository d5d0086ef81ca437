// The server's own SVG made movable: Leaflet pans and zooms it, labels keep their size on the screen.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { paintMap } from "./paint.js";

const BASE_LABEL = 1; // screen pixels per unit inside a label

export class LiveMap {
  constructor({ frame, words }) {
    this.frame = frame;
    this.svg = frame.querySelector("svg.ops-map");
    this.hover = frame.querySelector(".map-hover");
    const [, , width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.size = { width, height };
    this.holder = document.createElement("div");
    this.holder.className = "map-canvas";
    frame.prepend(this.holder);
    this.map = L.map(this.holder, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.05,
      zoomDelta: 0.5,
      minZoom: -3,
      maxZoom: 4,
      maxBoundsViscosity: 0.8,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      scrollWheelZoom: true,
      keyboard: true,
    });
    const bounds = L.latLngBounds([-height, 0], [0, width]);
    L.control
      .zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut })
      .addTo(this.map);
    this.map.setMaxBounds(bounds.pad(0.3));
    L.svgOverlay(this.svg, bounds, { interactive: false }).addTo(this.map);
    this.bounds = bounds;
    this.fit();
    this.map.on("zoomend", () => this.keepLabels());
    new ResizeObserver(() => this.fit()).observe(frame);
    this.holder.setAttribute("aria-label", words.label);
    this.holder.setAttribute("role", "application");
    this.bindHover();
  }

  fit() {
    this.map.invalidateSize({ animate: false, pan: false });
    this.map.fitBounds(this.bounds, { animate: false, padding: [4, 4] });
    this.map.setMinZoom(this.map.getZoom());
    this.keepLabels();
  }

  // One map unit is 2^zoom pixels; a label's own group undoes that.
  keepLabels() {
    const scale = (BASE_LABEL / 2 ** this.map.getZoom()).toFixed(4);
    for (const label of this.svg.querySelectorAll(".map-label")) {
      label.setAttribute(
        "transform",
        `translate(${label.dataset.x} ${label.dataset.y}) scale(${scale})`,
      );
    }
  }

  paint(model) {
    paintMap(this.svg, model);
  }

  mark(code) {
    for (const area of this.svg.querySelectorAll(".area"))
      area.classList.toggle("is-marked", area.dataset.code === code);
  }

  bindHover() {
    this.svg.addEventListener("pointermove", (move) => {
      const cell = move.target.closest?.(".cell");
      this.hover.hidden = !cell;
      if (cell) this.hover.textContent = cell.querySelector("title").textContent;
      this.onHover?.(cell?.dataset.parent ?? null);
    });
    this.svg.addEventListener("pointerleave", () => {
      this.hover.hidden = true;
      this.onHover?.(null);
    });
  }
}

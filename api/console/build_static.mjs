// Copies the browser libraries that package-lock.json names into static/vendor/, which is built and never committed.
// The files stay byte for byte as published; only `.mjs` becomes `.js`, because some web servers give `.mjs` no
// script type and browsers then refuse the module.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "..", "node_modules");
const target = join(here, "static", "vendor");
const fresh = `${target}.new`;

const FILES = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "htmx.LICENSE.txt": "htmx.org/LICENSE",
  "maplibre-gl.js": "maplibre-gl/dist/maplibre-gl.mjs",
  "maplibre-gl-worker.js": "maplibre-gl/dist/maplibre-gl-worker.mjs",
  "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
  "maplibre-gl.LICENSE.txt": "maplibre-gl/LICENSE.txt",
};

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = {};
for (const [name, source] of Object.entries(FILES)) {
  await cp(join(modules, source), join(fresh, name));
  const { version } = JSON.parse(await readFile(join(modules, source.split("/")[0], "package.json"), "utf8"));
  const digest = createHash("sha256").update(await readFile(join(fresh, name))).digest("hex");
  manifest[name] = { version, sha256: digest };
}
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);

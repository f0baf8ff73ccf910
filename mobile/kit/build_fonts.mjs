// Copies the fonts that package-lock.json names into fonts/, which is built and never committed; the phone apps are
// packed with that folder in them.
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "..", "node_modules");
const target = join(here, "fonts");
const fresh = `${target}.new`;

const FILES = {
  "text-regular.ttf": "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf",
  "text-bold.ttf": "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf",
  "text.LICENSE.txt": "@expo-google-fonts/inter/LICENSE_FONT",
  "icons.ttf": "@mdi/font/fonts/materialdesignicons-webfont.ttf",
  "icons.LICENSE.txt": "@mdi/font/LICENSE",
};

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
for (const [name, source] of Object.entries(FILES)) await cp(join(modules, source), join(fresh, name));
await rm(target, { recursive: true, force: true });
await rename(fresh, target);

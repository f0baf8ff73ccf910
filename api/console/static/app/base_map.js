// The town's own base map for MapLibre: our tiles, our colours, letters drawn by the browser. Nothing from elsewhere.

let probe = null;

// Custom properties hold light-dark(…); the browser resolves them when they are used as a colour.
export function colour(name) {
  if (!probe) {
    probe = document.createElement("i");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

const SETTLE_MS = 1_500;
export const FONT = ["system-ui, sans-serif"];
const absolute = (path) => location.origin + path;
const byZoom = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];

export function baseStyle(tilesUrl) {
  const street = { type: "line", source: "base", "source-layer": "street", layout: { "line-cap": "round", "line-join": "round" } };
  const isMain = ["==", ["get", "kind"], "main"];
  return {
    version: 8,
    sources: { base: { type: "vector", tiles: [absolute(tilesUrl)], minzoom: 0, maxzoom: 16 } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("map-ground") } },
      { id: "land", type: "fill", source: "base", "source-layer": "neighbourhood", paint: { "fill-color": colour("map-land") } },
      { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": colour("map-water") } },
      { id: "park", type: "fill", source: "base", "source-layer": "park", paint: { "fill-color": colour("map-park") } },
      { id: "building", type: "fill", source: "base", "source-layer": "building", minzoom: 14, paint: { "fill-color": colour("map-building") } },
      { ...street, id: "street-edge", minzoom: 13, filter: ["!", isMain], paint: { "line-color": colour("map-street-edge"), "line-width": byZoom(13, 1.4, 18, 16) } },
      { ...street, id: "main-edge", minzoom: 11, filter: isMain, paint: { "line-color": colour("map-street-edge"), "line-width": byZoom(11, 1.6, 18, 24) } },
      { ...street, id: "street", minzoom: 13, filter: ["!", isMain], paint: { "line-color": colour("map-street"), "line-width": byZoom(13, 0.8, 18, 13) } },
      { ...street, id: "main", minzoom: 10, filter: isMain, paint: { "line-color": colour("map-main"), "line-width": byZoom(10, 0.8, 18, 20) } },
      { id: "border", type: "line", source: "base", "source-layer": "neighbourhood", paint: { "line-color": colour("map-border"), "line-width": byZoom(10, 0.6, 16, 1.6), "line-dasharray": [3, 2] } },
      label("street-name", "street", 15.5, 11, { "symbol-placement": "line", "symbol-spacing": 320 }),
      label("neighbourhood-name", "neighbourhood_label", 11.5, 12, { "text-max-width": 7, "text-transform": "none" }, 17),
    ],
  };
}

function label(id, sourceLayer, minzoom, size, layout, maxzoom = 24) {
  return {
    id, type: "symbol", source: "base", "source-layer": sourceLayer, minzoom, maxzoom,
    layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-font": FONT, "text-size": size, ...layout },
    paint: { "text-color": colour("map-text"), "text-halo-color": colour("map-halo"), "text-halo-width": 1.4 },
  };
}

export async function openMap(holder, container, options) {
  const words = holder.dataset;
  const maplibre = await import(words.maplibre);
  maplibre.setWorkerUrl(new URL(words.worker, location.href).href);
  const map = new maplibre.Map({
    container,
    style: baseStyle(words.base),
    center: [Number(words.lon), Number(words.lat)],
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    maxPitch: 0,
    minZoom: 7,
    maxZoom: 19,
    locale: {
      "Map.Title": words.wordTitle ?? "", "NavigationControl.ZoomIn": words.wordIn ?? "", "NavigationControl.ZoomOut": words.wordOut ?? "",
    },
    ...options,
  });
  // Without a listener the library writes every failed tile to the browser's console, also those of a page that is left.
  const told = holder.querySelector(".map-missing");
  let missing;
  map.on("error", () => {
    clearTimeout(missing);
    missing = setTimeout(() => told?.removeAttribute("hidden"), SETTLE_MS);
  });
  map.on("data", (event) => {
    if (event.dataType !== "source" || !event.tile) return;
    clearTimeout(missing);
    told?.setAttribute("hidden", "");
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  // Colours follow the system between day and night.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => holder.dispatchEvent(new Event("colours")));
  return { maplibre, map };
}

// The map beside the list: clusters and reports from the server's tiles, the chosen row, and "search this area".

import { FONT, colour, openMap } from "./base_map.js";
import { isAttended, show } from "./console.js";

const holder = document.getElementById("map");
const words = holder.dataset;
// Coming back from a case, the map stands where it was left.
const view = {
  key: `console.map.${words.base}`,
  read() { try { return JSON.parse(sessionStorage.getItem(this.key)) ?? {}; } catch { return {}; } },
  write(map) { sessionStorage.setItem(this.key, JSON.stringify({ center: map.getCenter().toArray(), zoom: map.getZoom() })); },
};

const REFRESH_MS = 10_000;
const AREA_DIGITS = 5;
const isLate = ["all", ["get", "is_open"], ["to-boolean", ["get", "is_late"]]];

function layers() {
  const white = "#ffffff";
  const state = ["case", isLate, "#c0271d", ["to-boolean", ["get", "is_open"]], "#2b6cb0", "#5d6b78"];
  const count = ["get", "point_count"];
  return [
    {
      id: "clusters", type: "circle", source: "reports", "source-layer": "clusters",
      paint: {
        "circle-color": ["case", [">", ["get", "open_count"], 0], "#1d3d5c", "#5d6b78"],
        "circle-radius": ["step", count, 9, 2, 14, 10, 17, 100, 21, 1000, 26],
        "circle-stroke-color": white, "circle-stroke-width": 2, "circle-opacity": 0.94,
      },
    },
    {
      id: "cluster-count", type: "symbol", source: "reports", "source-layer": "clusters",
      layout: {
        "text-field": ["case", [">=", count, 10000], ["concat", ["to-string", ["floor", ["/", count, 1000]]], words.wordThousand], ["to-string", count]],
        "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true,
      },
      paint: { "text-color": white },
    },
    {
      id: "reports", type: "circle", source: "reports", "source-layer": "reports",
      paint: {
        "circle-color": state, "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 7, 17, 11],
        "circle-stroke-color": white, "circle-stroke-width": 2,
      },
    },
    {
      id: "report-mark", type: "symbol", source: "reports", "source-layer": "reports",
      layout: {
        "text-field": ["case", isLate, "!", ["to-boolean", ["get", "is_open"]], "", "✓"],
        "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true,
      },
      paint: { "text-color": white },
    },
    {
      id: "chosen", type: "circle", source: "chosen",
      paint: { "circle-radius": 18, "circle-color": "rgba(0,0,0,0)", "circle-stroke-width": 4, "circle-stroke-color": colour("brand-ink") },
    },
  ];
}

const place = (lon, lat) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } });
const tilesOf = (url) => [location.origin + url];

async function start() {
  const { maplibre, map } = await openMap(holder, "map-canvas", { zoom: Number(words.zoom), ...view.read() });
  map.on("moveend", () => view.write(map));
  let reports = words.reports;
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), "bottom-right");
  const addReports = () => {
    map.addSource("reports", { type: "vector", tiles: tilesOf(reports), minzoom: 0, maxzoom: 20 });
    map.addSource("chosen", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    for (const layer of layers()) map.addLayer(layer);
    holder.dataset.ready = "true";
  };
  map.on("load", addReports);

  // --- New reports, other filters -------------------------------------------------------------------------------
  setInterval(() => {
    if (isAttended() && map.getSource("reports")) map.refreshTiles("reports");
  }, REFRESH_MS);
  document.addEventListener("htmx:afterSettle", () => {
    const wanted = document.querySelector("#results [data-tiles]")?.dataset.tiles;
    if (!wanted || wanted === reports) return;
    reports = wanted;
    map.getSource("reports")?.setTiles(tilesOf(reports));
  });

  // --- From the map to a case -----------------------------------------------------------------------------------
  const targets = ["clusters", "reports"];
  for (const layer of targets) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", "reports", (event) => {
    location.assign(`/console/complaints/${event.features[0].properties.id}`);
  });
  map.on("click", "clusters", (event) => {
    const center = event.features[0].geometry.coordinates;
    if (map.getZoom() >= map.getMaxZoom() - 0.5) searchAround(center);
    else map.easeTo({ center, zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()) });
  });
  const popup = new maplibre.Popup({ closeButton: false, offset: 14, className: "popup-plain" });
  map.on("mousemove", "reports", (event) => {
    const { number, is_open: isOpen, is_late: late } = event.features[0].properties;
    const card = document.createElement("div");
    card.className = "popup";
    const title = document.createElement("strong");
    title.textContent = number;
    const hint = document.createElement("span");
    hint.textContent = isOpen && late ? `${words.wordLate} – ${words.wordOpen}` : words.wordOpen;
    card.append(title, hint);
    popup.setLngLat(event.features[0].geometry.coordinates).setDOMContent(card).addTo(map);
  });
  map.on("mouseleave", "reports", () => popup.remove());

  // --- From the list to the map ---------------------------------------------------------------------------------
  const choose = (row, { isFar }) => {
    for (const other of document.querySelectorAll(".row.is-shown")) other.classList.remove("is-shown");
    if (!row?.dataset.lon || !map.getSource("chosen")) return;
    const point = [Number(row.dataset.lon), Number(row.dataset.lat)];
    row.classList.add("is-shown");
    map.getSource("chosen").setData(place(...point));
    if (isFar) map.easeTo({ center: point, zoom: Math.max(map.getZoom(), 16) });
  };
  const results = document.getElementById("results");
  results.addEventListener("mouseover", (event) => choose(event.target.closest(".row"), { isFar: false }));
  results.addEventListener("focusin", (event) => choose(event.target.closest(".row"), { isFar: false }));
  results.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    show("map");
    choose(button.closest(".row"), { isFar: true });
  });

  // --- The map's area as a filter -------------------------------------------------------------------------------
  const form = document.getElementById("filters");
  const searchBox = (west, south, east, north) => {
    document.getElementById("filter-bbox").value = [west, south, east, north].map((side) => side.toFixed(AREA_DIGITS)).join(",");
    show("list");
    form.requestSubmit();
  };
  document.getElementById("search-area").addEventListener("click", () => {
    const area = map.getBounds();
    searchBox(area.getWest(), area.getSouth(), area.getEast(), area.getNorth());
  });
  // Reports at one spot never part, however near one comes: the list shows them.
  const searchAround = ([lon, lat]) => searchBox(lon - 0.0005, lat - 0.0005, lon + 0.0005, lat + 0.0005);

  holder.addEventListener("colours", () => location.reload());
}

if (words.maplibre) start().catch(() => holder.classList.add("is-dead"));
else holder.classList.add("is-dead");

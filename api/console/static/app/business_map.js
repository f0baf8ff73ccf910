// The map beside the register: clusters and businesses from the server's tiles, the chosen row, "search this area".

import { FONT, colour, openMap } from "./base_map.js";
import { show } from "./console.js";

const holder = document.getElementById("map");
const words = holder.dataset;
const AREA_DIGITS = 5;
const WHITE = "#ffffff";

function layers() {
  const count = ["get", "point_count"];
  const isClosed = ["==", ["get", "status"], "closed"];
  const byClass = ["match", ["get", "class_code"], "public_leisure", "#7a3fa0", ["non_sanitary_1", "non_sanitary_2", "non_sanitary_3"], "#9a5b00", "#2b6cb0"];
  return [
    {
      id: "clusters", type: "circle", source: "businesses", "source-layer": "clusters",
      paint: {
        "circle-color": "#1d3d5c", "circle-radius": ["step", count, 12, 10, 15, 100, 19, 1000, 24],
        "circle-stroke-color": WHITE, "circle-stroke-width": 2, "circle-opacity": 0.94,
      },
    },
    {
      id: "cluster-count", type: "symbol", source: "businesses", "source-layer": "clusters",
      layout: {
        "text-field": ["case", [">=", count, 10000], ["concat", ["to-string", ["floor", ["/", count, 1000]]], words.wordThousand], ["to-string", count]],
        "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true,
      },
      paint: { "text-color": WHITE },
    },
    {
      id: "businesses", type: "circle", source: "businesses", "source-layer": "businesses",
      paint: {
        "circle-color": ["case", isClosed, "#5d6b78", byClass], "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 6, 17, 10],
        "circle-stroke-color": WHITE, "circle-stroke-width": 2,
      },
    },
    {
      id: "closed-mark", type: "symbol", source: "businesses", "source-layer": "businesses", filter: isClosed,
      layout: { "text-field": "×", "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": WHITE },
    },
    {
      id: "business-name", type: "symbol", source: "businesses", "source-layer": "businesses", minzoom: 16.5,
      layout: { "text-field": ["get", "title"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-max-width": 9 },
      paint: { "text-color": colour("map-text"), "text-halo-color": colour("map-halo"), "text-halo-width": 1.4 },
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
  const { maplibre, map } = await openMap(holder, "map-canvas", { zoom: Number(words.zoom) });
  let tiles = words.businesses;
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), "bottom-right");
  map.on("load", () => {
    map.addSource("businesses", { type: "vector", tiles: tilesOf(tiles), minzoom: 0, maxzoom: 20 });
    map.addSource("chosen", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    for (const layer of layers()) map.addLayer(layer);
    holder.dataset.ready = "true";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const wanted = document.querySelector("#results [data-tiles]")?.dataset.tiles;
    if (!wanted || wanted === tiles) return;
    tiles = wanted;
    map.getSource("businesses")?.setTiles(tilesOf(tiles));
  });

  // --- From the map to a business -------------------------------------------------------------------------------
  for (const layer of ["clusters", "businesses"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", "businesses", (event) => location.assign(`/console/businesses/${event.features[0].properties.id}`));
  map.on("click", "clusters", (event) => {
    const center = event.features[0].geometry.coordinates;
    if (map.getZoom() >= map.getMaxZoom() - 0.5) searchAround(center);
    else map.easeTo({ center, zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()) });
  });
  const popup = new maplibre.Popup({ closeButton: false, offset: 14, className: "popup-plain" });
  map.on("mousemove", "businesses", (event) => {
    const card = document.createElement("div");
    card.className = "popup";
    const title = document.createElement("strong");
    title.textContent = event.features[0].properties.title;
    const hint = document.createElement("span");
    hint.textContent = words.wordOpen;
    card.append(title, hint);
    popup.setLngLat(event.features[0].geometry.coordinates).setDOMContent(card).addTo(map);
  });
  map.on("mouseleave", "businesses", () => popup.remove());

  // --- From the list to the map ---------------------------------------------------------------------------------
  const choose = (row, { isFar }) => {
    for (const other of document.querySelectorAll(".row.is-shown")) other.classList.remove("is-shown");
    if (!row?.dataset.lon || !map.getSource("chosen")) return;
    const point = [Number(row.dataset.lon), Number(row.dataset.lat)];
    row.classList.add("is-shown");
    map.getSource("chosen").setData(place(...point));
    if (isFar) map.easeTo({ center: point, zoom: Math.max(map.getZoom(), 17) });
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
  const searchBox = (...sides) => {
    document.getElementById("filter-bbox").value = sides.map((side) => side.toFixed(AREA_DIGITS)).join(",");
    show("list");
    document.getElementById("filters").requestSubmit();
  };
  document.getElementById("search-area").addEventListener("click", () => {
    const area = map.getBounds();
    searchBox(area.getWest(), area.getSouth(), area.getEast(), area.getNorth());
  });
  // Businesses at one spot never part, however near one comes: the list shows them.
  const searchAround = ([lon, lat]) => searchBox(lon - 0.0005, lat - 0.0005, lon + 0.0005, lat + 0.0005);
  holder.addEventListener("colours", () => location.reload());
}

if (words.maplibre) start().catch(() => holder.classList.add("is-dead"));
else holder.classList.add("is-dead");

// The small map of a case: where it is, not to be dragged away from.

import { colour, openMap } from "./base_map.js";

const holder = document.getElementById("place-map");

async function start() {
  const { map } = await openMap(holder, holder, { zoom: 15.5, interactive: false });
  map.on("load", () => {
    map.addSource("place", {
      type: "geojson",
      data: { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [Number(holder.dataset.lon), Number(holder.dataset.lat)] } },
    });
    map.addLayer({ id: "place", type: "circle", source: "place", paint: { "circle-radius": 9, "circle-color": colour("brand"), "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } });
    holder.dataset.ready = "true";
  });
}

if (holder?.dataset.maplibre) start().catch(() => { holder.hidden = true; });

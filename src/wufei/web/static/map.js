// Draws the points that stand in the page as data; without tiles there is only the ground, a scale and the points.
import { Map as GlMap, Marker, NavigationControl, Popup, ScaleControl } from "./vendor/maplibre-gl.mjs";

const COLOURS = ["match", ["get", "kind"], "site", "#0d6b57", "store", "#c25b4e", "storage-point", "#d58a2c",
  "plant-line", "#3f6fb5", "ward", "#8a5fb0", "project", "#8a6d3b", "farm", "#5c8f2f", "#52645d"];

const GESTURES = {
  "CooperativeGesturesHandler.WindowsHelpText": "按住 Ctrl 并滚动滚轮可缩放地图",
  "CooperativeGesturesHandler.MacHelpText": "按住 ⌘ 并滚动滚轮可缩放地图",
  "CooperativeGesturesHandler.MobileHelpText": "用两根手指移动地图",
  "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小",
};

const style = (tiles) => ({
  version: 8,
  sources: tiles ? { tiles: { type: "raster", tiles: [tiles], tileSize: 256 } } : {},
  layers: [
    { id: "ground", type: "background", paint: { "background-color": "#eef3f0" } },
    ...(tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : []),
  ],
});

const feature = (point) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: point.at },
  properties: { kind: point.kind, name: point.name, holder: point.holder, address: point.address },
});

const bounds = (points) => {
  const axis = (index) => points.map((point) => point.at[index]);
  return [[Math.min(...axis(0)), Math.min(...axis(1))], [Math.max(...axis(0)), Math.max(...axis(1))]];
};

const words = ({ name, holder, address }) => {
  const box = document.createElement("div");
  const title = document.createElement(address ? "a" : "strong");
  title.textContent = name;
  if (address) title.href = address;
  const line = document.createElement("div");
  line.textContent = holder;
  box.append(title, line);
  return box;
};

const countClusters = (map, shown) => {
  for (const marker of shown.splice(0)) marker.remove();
  const seen = new Set();
  for (const cluster of map.querySourceFeatures("points", { filter: ["has", "point_count"] })) {
    const { cluster_id: id, point_count: count } = cluster.properties;
    if (seen.has(id)) continue;
    seen.add(id);
    const label = document.createElement("span");
    label.className = "wf-map-count";
    label.textContent = count;
    shown.push(new Marker({ element: label }).setLngLat(cluster.geometry.coordinates).addTo(map));
  }
};

const draw = (box) => {
  const data = JSON.parse(document.getElementById(box.dataset.map).textContent);
  if (!data.points.length) return;
  const map = new GlMap({
    container: box, style: style(data.tiles), bounds: bounds(data.points), attributionControl: false,
    fitBoundsOptions: { padding: 48, maxZoom: 13 }, cooperativeGestures: true,
    ...(document.documentElement.lang.startsWith("zh") ? { locale: GESTURES } : {}),
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new ScaleControl({ unit: "metric" }));
  const shown = [];
  map.on("load", () => {
    map.addSource("points", {
      type: "geojson", cluster: true, clusterRadius: 36, clusterMaxZoom: 12,
      data: { type: "FeatureCollection", features: data.points.map(feature) },
    });
    map.addLayer({ id: "one", type: "circle", source: "points", filter: ["!", ["has", "point_count"]],
      paint: { "circle-radius": 8, "circle-color": COLOURS, "circle-stroke-color": "#fff", "circle-stroke-width": 2 } });
    map.addLayer({ id: "many", type: "circle", source: "points", filter: ["has", "point_count"],
      paint: { "circle-radius": 17, "circle-color": "#0d6b57", "circle-stroke-color": "#fff", "circle-stroke-width": 2 } });
    box.dataset.drawn = "yes";
  });
  map.on("idle", () => countClusters(map, shown));
  map.on("click", "one", ({ features }) => {
    new Popup().setLngLat(features[0].geometry.coordinates).setDOMContent(words(features[0].properties)).addTo(map);
  });
  map.on("click", "many", ({ features }) => {
    map.easeTo({ center: features[0].geometry.coordinates, zoom: map.getZoom() + 2 });
  });
};

for (const box of document.querySelectorAll("[data-map]")) draw(box);

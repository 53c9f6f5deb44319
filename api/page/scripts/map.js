/** The city's map: sub-districts as cells, sites by kind, and what a view puts on it. Leaflet draws. */
import { city, whereIs } from "./city.js";
import { byId, element as el } from "./elements.js";
import { kilometres, say } from "./words.js";

const KINDS = ["hub", "workshop", "centre"];
const METRES = 1000;
const ANYWHERE = [[-60, -180], [75, 180]]; // of a city of which no point is known
const leaflet = window.L;
const at = ([longitude, latitude]) => [latitude, longitude]; // GeoJSON says longitude first, Leaflet latitude

const icon = (className, size, text = "") =>
  leaflet.divIcon({ className, iconSize: [size, size], html: text === "" ? false : el("span", {}, text) });

/** What Leaflet would take for markup, as text. */
const told = (...lines) => el("span", {}, lines.map((line, row) => [row ? el("br") : null, line]));

class CityMap {
  /** Draw the city into `root`; `picked` is called with the point [longitude, latitude] or the place that is clicked. */
  constructor(root, picked) {
    const animated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = leaflet.map(root, { zoomSnap: 0.25, trackResize: false, attributionControl: Boolean(city.tiles.url), zoomControl: false, zoomAnimation: animated, fadeAnimation: animated });
    this.zoom = null;
    this.cells = this.#cells(picked);
    this.districts = leaflet.geoJSON(this.#features("district"), { interactive: false, style: { className: "district" } }).addTo(this.map);
    this.sites = this.#sites(picked);
    this.upon = leaflet.layerGroup().addTo(this.map); // what a view puts there
    const drawn = leaflet.geoJSON(city.features).getBounds();
    this.whole = drawn.isValid() ? drawn : leaflet.latLngBounds(ANYWHERE);
    this.show(this.whole);
    leaflet.control.scale({ imperial: false }).addTo(this.map);
    if (city.tiles.url) leaflet.tileLayer(city.tiles.url, { attribution: city.tiles.attribution }).addTo(this.map);
    root.classList.toggle("tiled", Boolean(city.tiles.url));
    new ResizeObserver(() => root.offsetWidth && this.map.invalidateSize({ animate: false })).observe(root); // on paper it has no size
  }

  #features(...kinds) {
    return city.features.filter((feature) => kinds.includes(feature.properties.kind));
  }

  #cells(picked) {
    const layer = leaflet.geoJSON(this.#finest(), { style: { className: "cell" } }).addTo(this.map);
    layer.bindTooltip((cell) => told(...(cell.lines ?? [cell.feature.properties.full_name])), { sticky: true, className: "tip" });
    layer.on("click", ({ latlng, propagatedFrom: cell }) => picked([latlng.lng, latlng.lat], cell.feature.properties));
    return layer;
  }

  /** The place whose cell holds a point: that is the nearest one. */
  #placeAt([longitude, latitude]) {
    const far = ({ properties: { point } }) => Math.hypot((point[0] - longitude) * Math.cos((latitude * Math.PI) / 180), point[1] - latitude);
    const [nearest] = this.#finest().sort((one, other) => far(one) - far(other));
    return nearest?.properties ?? {};
  }

  #finest() {
    const found = this.#features("subdistrict");
    return found.length ? found : this.#features("district");
  }

  #sites(picked) {
    const drawn = this.#features("site").filter((site) => site.geometry).sort((one, other) => KINDS.indexOf(other.properties.site_kind) - KINDS.indexOf(one.properties.site_kind));
    const layer = leaflet.layerGroup().addTo(this.map);
    for (const { geometry, properties } of drawn) {
      const kind = `site ${properties.site_kind} ${properties.status}`;
      const marker = leaflet.marker(at(geometry.coordinates), { icon: icon(kind, properties.site_kind === "hub" ? 18 : 12), keyboard: false });
      marker.bindTooltip(() => told(properties.name, say(`site_kind.${properties.site_kind}`)), { className: "tip" });
      marker.on("click", () => picked(geometry.coordinates, this.#placeAt(geometry.coordinates)));
      layer.addLayer(marker);
    }
    return layer;
  }

  /** Name the zoom buttons in the page's language. */
  speak() {
    this.zoom?.remove();
    this.zoom = leaflet.control.zoom({ zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(this.map);
  }

  show(bounds) {
    this.map.invalidateSize({ animate: false }); // another view may have given it another size just now
    this.map.fitBounds(bounds, { padding: [14, 14], animate: false });
  }

  /** Take away what a view put there. */
  clear() {
    this.upon.clearLayers();
    this.shade(null);
  }

  /** Put there where a request is made from, with a ring for each distance in `rings` (km), and move there if `near`. */
  putRequest(point, rings, near) {
    if (!point) return;
    for (const km of rings) {
      const ring = leaflet.circle(at(point), { radius: km * METRES, className: "ring", interactive: false });
      this.upon.addLayer(ring);
      const top = leaflet.latLng(point[1] + km / 111.2, point[0]);
      this.upon.addLayer(leaflet.marker(top, { icon: icon("ring-label", 60, kilometres(km)), keyboard: false, interactive: false }));
    }
    this.upon.addLayer(leaflet.marker(at(point), { icon: icon("here", 22), keyboard: false, zIndexOffset: 2000 }).bindTooltip(told(say("you")), { className: "tip" }));
    if (near) this.show(leaflet.latLng(at(point)).toBounds(2 * METRES * near));
  }

  /** Put the numbers of what is recommended at their sites; `chosen` is called with the key of one that is clicked. */
  putNumbers(entries, chosen) {
    for (const [site, here] of grouped(entries)) {
      const point = whereIs(site);
      if (!point) continue;
      const numbers = here.slice(0, 3).map(({ number }) => number).join("·") + (here.length > 3 ? "…" : "");
      const marker = leaflet.marker(at(point), { icon: icon(`number ${here[0].className ?? ""}`, 26, numbers), keyboard: false, zIndexOffset: 1000 - here[0].number });
      marker.bindTooltip(told(...here.map(({ number, title }) => `${number} ${title}`)), { className: "tip" });
      marker.on("click", () => chosen(here[0].key));
      marker.keys = here.map(({ key }) => key);
      this.upon.addLayer(marker);
    }
  }

  /** Make the numbers of one entry stand out, of none for null. */
  point(key) {
    this.upon.eachLayer((one) => one.keys && one.getElement()?.classList.toggle("pointed", one.keys.includes(key)));
  }

  /** Colour each place by what `look` gives for its id: {step: 0…4 or null, lines, chosen}; all alike for null. */
  shade(look) {
    this.cells.eachLayer((cell) => {
      const { step = null, lines = null, chosen = false } = look?.(cell.feature.properties) ?? {};
      cell.lines = lines;
      const path = cell.getElement();
      for (const name of [...path.classList]) if (/^(step-|chosen|unknown)/.test(name)) path.classList.remove(name);
      if (look) path.classList.add(step === null ? "unknown" : `step-${step}`);
      path.classList.toggle("chosen", chosen);
      if (chosen) cell.bringToFront();
    });
  }
}

function grouped(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(entry.site, [...(groups.get(entry.site) ?? []), entry]);
  return groups;
}

export const drawMap = (root, picked) => new CityMap(root, picked);

/** Say below the map what its signs mean: [class of the sign, words]. */
export function tellSigns(signs) {
  byId("map-legend").replaceChildren(...signs.map(([name, words]) => el("li", {}, el("i", { className: `sign ${name}` }), words)));
}

export const siteSigns = () => KINDS.map((kind) => [`site ${kind}`, say(`site_kind.${kind}`)]);

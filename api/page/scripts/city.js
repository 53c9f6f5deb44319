/** What there is in this city: places, sites, industries, levels, and the default policy. */
import { get } from "./service.js";
import { nameOf } from "./words.js";

export const city = { features: [], places: [], sites: new Map(), clusters: [], levels: [], policy: null, tiles: null };

export async function loadCity() {
  const [map, taxonomy, policy, tiles] = await Promise.all([
    get("/v1/map"),
    get("/v1/taxonomy"),
    get("/v1/policy"),
    get("/page/tiles.json"),
  ]);
  const properties = map.features.map((feature) => feature.properties);
  city.features = map.features;
  city.places = properties.filter((one) => one.kind !== "site");
  city.sites = new Map(map.features.filter((one) => one.properties.kind === "site").map((one) => [one.properties.id, one]));
  Object.assign(city, { clusters: taxonomy.clusters, levels: taxonomy.skill_levels, policy, tiles });
}

/** The cluster called `name` in either language, if there is one. */
export const clusterCalled = (name) => city.clusters.find((one) => [one.cluster_id, one.name, one.english_name].includes(name));
export const clusterName = (id) => nameOf(city.clusters.find((one) => one.cluster_id === id) ?? { name: id });
export const levelName = (id) => nameOf(city.levels.find((one) => one.level === id) ?? { name: id });

/** Where a site stands, [longitude, latitude], null when it is not known. */
export const whereIs = (siteId) => city.sites.get(siteId)?.geometry?.coordinates ?? null;

/** Where a request is made from, [longitude, latitude], null when it does not say. */
export function pointOf({ place, at }) {
  if (at) return at.split(",").map(Number).reverse();
  const found = city.places.find((one) => [one.full_name, one.name].includes(place?.trim()));
  return found?.point ?? null;
}

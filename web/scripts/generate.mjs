// Writes src/api/generated from what the services publish: types of every route, and the names of districts.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const root = new URL("../../", import.meta.url);
const target = new URL("../src/api/generated/", import.meta.url);

async function write(name, text) {
  const file = new URL(name, target);
  const before = await readFile(file, "utf8").catch(() => "");
  if (before !== text) await writeFile(file, text);
}

await mkdir(target, { recursive: true });
for (const service of ["membership", "courses", "notifications", "reporting"]) {
  const tree = await openapi(new URL(`docs/api/${service}.json`, root), {
    enumValues: true,
    defaultNonNullable: false,
  });
  await write(`${service}.ts`, astToString(tree));
}
const [head, ...rows] = (await readFile(new URL("shared/data/districts_bw.csv", root), "utf8"))
  .trim()
  .split("\n");
const column = (name) => head.split(",").indexOf(name);
const names = rows.map((row) => row.split(",")).map((cells) => [cells[column("ags")], cells[column("name")]]);
await write("districts.json", `${JSON.stringify(Object.fromEntries(names), null, 1)}\n`);

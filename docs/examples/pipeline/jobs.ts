import { readFile, writeFile } from "node:fs/promises";
import type { JobContext } from "gigq";

interface Reading {
  station: string;
  celsius: number;
}

/** Reads the rows of a CSV file. What it returns is kept in the queue, for the steps after it. */
export async function extract({ file }: { file: string }): Promise<string[][]> {
  const [, ...rows] = (await readFile(file, "utf8")).trim().split("\n");
  return rows.map((row) => row.split(","));
}

/** Leaves out what is no reading. */
export function clean(_params: object, { parentResults, log }: JobContext): Reading[] {
  const [rows] = Object.values(parentResults) as [string[][]];
  const readings = rows
    .map(([station = "", celsius = ""]) => ({ station, celsius: Number.parseFloat(celsius) }))
    .filter(({ station, celsius }) => station !== "" && Number.isFinite(celsius));
  log("kept %d of %d rows", readings.length, rows.length);
  return readings;
}

export function warmest(_params: object, { parentResults }: JobContext): Reading | undefined {
  const [readings] = Object.values(parentResults) as [Reading[]];
  return readings.sort((a, b) => b.celsius - a.celsius)[0];
}

export function average(_params: object, { parentResults }: JobContext): number {
  const [readings] = Object.values(parentResults) as [Reading[]];
  return readings.reduce((sum, { celsius }) => sum + celsius, 0) / readings.length;
}

/** Writes what both wanted to know to a file; the parents' results come in the order of dependsOn. */
export async function load({ to }: { to: string }, { parentResults }: JobContext): Promise<string> {
  const [max, mean] = Object.values(parentResults) as [Reading, number];
  await writeFile(to, `${JSON.stringify({ warmest: max.station, average: mean })}\n`);
  return to;
}

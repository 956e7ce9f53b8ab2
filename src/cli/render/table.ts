import Table from "cli-table3";
import { displayWidth } from "./display-width.js";

/** No lines: the columns are told apart by two spaces. */
const BARE = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
  /** Gives way first when the line is too narrow. */
  readonly shrinks?: boolean;
}

const GAP = 2;
/** A column that gives way keeps at least this many characters. */
const NARROWEST = 8;

/** cli-table3 takes time that grows with the square of the rows, so it is given so many at a time. */
const ROWS_A_TABLE = 100;

/** Rows under heads. With a width, columns that may shrink are cut so that every line fits. */
export function renderColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
  paintHead: (text: string) => string,
): string {
  const heads = columns.map((column) => column.head);
  const widths = heads.map((_, index) =>
    [heads, ...rows].reduce((most, row) => Math.max(most, displayWidth(row[index]!)), 0),
  );
  if (width !== undefined) shrink(columns, widths, width);
  const painted = [heads.map(paintHead), ...rows];
  const parts: string[] = [];
  for (let start = 0; start < painted.length; start += ROWS_A_TABLE) {
    parts.push(renderRows(columns, widths, painted.slice(start, start + ROWS_A_TABLE)));
  }
  return parts.join("\n");
}

function renderRows(
  columns: readonly Column[],
  widths: readonly number[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    chars: BARE,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: [...widths],
    colAligns: columns.map((column) => column.align ?? "left"),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Takes what is too much from the widest column that gives way, and so on. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, next) => sum + next, 0) + GAP * (widths.length - 1);
  for (let over = total() - width; over > 0; over = total() - width) {
    let widest = -1;
    columns.forEach((column, index) => {
      if (column.shrinks && (widest < 0 || widths[index]! > widths[widest]!)) widest = index;
    });
    if (widest < 0 || widths[widest]! <= NARROWEST) return;
    const others = columns
      .map((column, index) => (column.shrinks && index !== widest ? widths[index]! : NARROWEST))
      .reduce((a, b) => Math.max(a, b), NARROWEST);
    widths[widest] = Math.max(
      widths[widest]! - over,
      Math.min(others, widths[widest]! - 1),
      NARROWEST,
    );
  }
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size, short: `512 bytes`, `1.5 MiB`, `23 GiB`. */
export function renderBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 1023.5 && unit < UNITS.length - 1; unit++) size /= 1024;
  const digits = size < 9.95 && unit > 0 ? size.toFixed(1).replace(".0", "") : Math.round(size);
  return `${digits} ${UNITS[unit]}`;
}

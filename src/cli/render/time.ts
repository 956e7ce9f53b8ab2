/** How long something took, short: `12ms`, `0.3s`, `4s`, `2m`, `1h30m`, `3d`. */
export function renderDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(".0", "")}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const [hours, restMinutes] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 10 && restMinutes > 0) return `${hours}h${restMinutes}m`;
  if (hours < 48) return `${Math.round(minutes / 60)}h`;
  return `${Math.round(minutes / 1440)}d`;
}

/** An exact duration in seconds, as a person would type it: `2m`, `1h30m`, `0.5s`. */
export function renderSeconds(seconds: number): string {
  if (seconds < 60 || !Number.isInteger(seconds)) return `${seconds}s`;
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : "")).join("");
}

/** Local date and time, to the second. */
export function renderMoment(iso: string): string {
  const date = new Date(iso);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${renderClock(date.getTime())}`;
}

/** Local time of day, to the second. */
export function renderClock(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** `3m ago`, or `in 3m`. */
export function renderAgo(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  return ms >= 0 ? `${renderDuration(ms)} ago` : `in ${renderDuration(-ms)}`;
}

/** A count with its thousands set apart. */
export function renderCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

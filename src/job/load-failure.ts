/** How the last line of an error begins that came while a job's module was loaded, not while it ran. */
const WHILE_LOADING = "    while loading ";

/** Adds to an error which module was being loaded; `address` is that of the job's function. */
export function markLoadFailure(error: string, address: string): string {
  return `${error}\n${WHILE_LOADING}${moduleOf(address)}`;
}

/** The module that could not be loaded; `undefined` for an error of another kind. */
export function loadFailureOf(error: string): string | undefined {
  const lastLine = error.slice(error.lastIndexOf("\n") + 1);
  return lastLine.startsWith(WHILE_LOADING) ? lastLine.slice(WHILE_LOADING.length) : undefined;
}

/** In one line, whatever the address is: it may be wrong in any way. */
function moduleOf(address: string): string {
  const end = address.lastIndexOf("#");
  return (end < 0 ? address : address.slice(0, end)).replaceAll(/\s+/g, " ");
}

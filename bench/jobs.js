/** The job that does nothing: what is left is the cost of the runner. */
export function noop() {}

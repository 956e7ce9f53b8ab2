/**
 * The environment of a job: this process's own, without what a service manager meant for the
 * worker alone. A job that passed it on to another program would answer in the worker's name.
 */
export function jobEnvironment(): NodeJS.ProcessEnv {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, ...rest } = process.env;
  return rest;
}

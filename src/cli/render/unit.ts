/** What a systemd unit for a worker is made of. Paths are absolute. */
export interface Unit {
  /** The words that start it: a program by its path, and its arguments. */
  readonly command: readonly string[];
  readonly user: string;
  readonly folder: string;
  readonly database: string;
  /** For how long it may take to stop. */
  readonly stopSeconds: number;
}

/** A unit file that says what it does and how it is installed. */
export function renderUnit({ command, user, folder, database, stopSeconds }: Unit): string {
  return `# Install it:  gigq worker --print-unit | sudo tee /etc/systemd/system/gigq.service
# Start it:    sudo systemctl enable --now gigq
# See it:      systemctl status gigq; journalctl -u gigq

[Unit]
Description=gigq worker
# It is stopped before the network is, so that running jobs can finish.
After=network.target

[Service]
# The worker says when it is ready, and that it is not stuck. systemd-notify says it for the worker.
Type=notify
NotifyAccess=all
WatchdogSec=60
User=${percents(user)}
WorkingDirectory=${percents(folderOf(folder))}
Environment=${quoted(percents(`GIGQ_DB=${database}`))}
ExecStart=${execStart(command)}
# Also when the disk was full for a while.
Restart=always
RestartSec=5
# SIGTERM for the worker alone: it lets running jobs finish, and ends them when they do not in time.
KillMode=mixed
TimeoutStopSec=${stopSeconds}
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/** `%` begins a specifier everywhere. */
function percents(text: string): string {
  return text.replaceAll("%", "%%");
}

/** This setting knows no quotes; a space or a backslash at the end of its line would be lost. */
function folderOf(folder: string): string {
  return /[\s\\]$/.test(folder) ? `${folder}/.` : folder;
}

/** Variables are put into the arguments, but not into the path of the program. */
function execStart([program, ...args]: readonly string[]): string {
  const words = [program!, ...args.map((arg) => arg.replaceAll("$", "$$$$"))];
  return words.map((word) => quoted(percents(word))).join(" ");
}

/** In quotes if it needs any: between them, only the backslash and the quote itself are special. */
function quoted(word: string): string {
  if (/^[^\s"'\\;]+$/.test(word)) return word;
  return `"${word.replaceAll(/["\\]/g, "\\$&")}"`;
}

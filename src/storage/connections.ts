interface Closable {
  close(): Promise<void>;
}

const open = new Set<Closable>();

/** Notes that something holds a database open; the answer takes that back. */
export function keepOpen(connection: Closable): () => void {
  open.add(connection);
  return () => open.delete(connection);
}

/** Closes every JobQueue and Worker of this process that is still open. */
export async function closeConnections(): Promise<void> {
  await Promise.all([...open].map((connection) => connection.close()));
}

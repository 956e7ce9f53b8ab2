/**
 * The indices of the slots that are open, each once for every attempt that it can still take up to
 * `depth`; first those that hold nothing, then those that hold one, and so on.
 */
export function fillEvenly<T extends { readonly held: number }>(
  slots: readonly T[],
  depth: number,
  isOpen: (slot: T) => boolean,
): number[] {
  const open = slots.flatMap((slot, index) => (isOpen(slot) ? { index, held: slot.held } : []));
  const room: number[] = [];
  for (let level = 0; level < depth; level++) {
    for (const { index, held } of open) if (held <= level) room.push(index);
  }
  return room;
}

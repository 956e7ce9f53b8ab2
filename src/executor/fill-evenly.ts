/**
 * The indices of the slots, each once for every attempt that it can still take up to `depth` and up
 * to what `most` allows it to hold (0 for none); first those that hold nothing, then those that hold
 * one, and so on.
 */
export function fillEvenly<T extends { readonly held: number }>(
  slots: readonly T[],
  depth: number,
  most: (slot: T) => number,
): number[] {
  const open = slots.map((slot, index) => ({ index, held: slot.held, most: most(slot) }));
  const room: number[] = [];
  for (let level = 0; level < depth; level++) {
    for (const { index, held, most } of open) if (held <= level && level < most) room.push(index);
  }
  return room;
}

/** How far to work: at most so many jobs, and perhaps no further than there are ready ones. */
export interface Stint {
  readonly budget: number;
  readonly untilStarved: boolean;
}

/** What comes back of a value that was stored as JSON: a `Date` as a string, say. */
export type AsJson<T> = unknown extends T
  ? unknown
  : // biome-ignore lint/suspicious/noConfusingVoidType: it is what a function without return has
    [T] extends [void]
    ? null
    : T extends string | number | boolean | null
      ? T
      : T extends undefined
        ? null
        : T extends { toJSON(): infer J }
          ? AsJson<J>
          : T extends readonly unknown[]
            ? { [K in keyof T]: AsJson<T[K]> }
            : T extends object
              ? {
                  // JSON leaves symbols, functions and what is undefined out of objects.
                  [K in keyof T as T[K] extends symbol | ((...args: never[]) => unknown)
                    ? never
                    : K]:
                    | AsJson<Exclude<T[K], undefined>>
                    | (undefined extends T[K] ? undefined : never);
                }
              : never;

/** What comes back of a value that was stored as JSON: a `Date` as a string, say. */
export type AsJson<T> = unknown extends T
  ? unknown
  : // biome-ignore lint/suspicious/noConfusingVoidType: it is what a function without return has
    [T] extends [void]
    ? null
    : T extends Json
      ? T
      : T extends undefined
        ? null
        : T extends { toJSON(): infer J }
          ? AsJson<J>
          : T extends readonly unknown[]
            ? { [K in keyof T]: AsJson<T[K]> }
            : T extends object
              ? {
                  // JSON leaves symbols, functions and what is undefined out of objects; what may
                  // be missing is told so already.
                  [K in keyof T as T[K] extends symbol | ((...args: never[]) => unknown)
                    ? never
                    : K]:
                    | AsJson<Exclude<T[K], undefined>>
                    | (undefined extends T[K]
                        ? Record<never, never> extends Pick<T, K>
                          ? never
                          : undefined
                        : never);
                }
              : never;

/** What JSON can hold. It comes back as it is, which the compiler cannot tell of an interface. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

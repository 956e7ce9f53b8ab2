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
              ? { [K in keyof T as T[K] extends Unkept ? never : K]: AsJsonProperty<T[K]> }
              : never;

/** JSON leaves these out of objects. */
type Unkept = symbol | ((...args: never[]) => unknown);

/** A property that is undefined is left out too, rather than null. */
type AsJsonProperty<T> = AsJson<Exclude<T, undefined>> | (undefined extends T ? undefined : never);

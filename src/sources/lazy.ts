/** A value made on first use. */
export interface Lazy<T> {
  get(): Promise<T>;
  /** The value if it was ever asked for and made. */
  peek(): Promise<T | undefined>;
}

export function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return {
    get: () => {
      made ??= Promise.resolve().then(make);
      return made;
    },
    peek: async () => made?.catch(() => undefined),
  };
}

import type {} from 'expect';
import { AssayError } from '../core/errors.js';
import * as matchers from './matchers.js';

declare global {
  namespace jest {
    // For @types/jest; `{}` because merged declarations need the same default.
    // biome-ignore lint/complexity/noBannedTypes: see above
    interface Matchers<R, T = {}> extends matchers.AssayMatchers {}
  }
}

declare module 'expect' {
  // For @jest/globals.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends matchers.AssayMatchers {}
}

const { expect } = globalThis as { readonly expect?: { extend(matchers: object): void } };
if (expect === undefined) {
  throw new AssayError('USAGE', 'model-assay/jest found no global expect to extend.', {
    hint: 'Import it in a test or in setupFilesAfterEnv. With injectGlobals off, extend by hand with the exports of model-assay/matchers.',
  });
}
expect.extend({ ...matchers });

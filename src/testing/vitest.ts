import { expect } from 'vitest';
import * as matchers from './matchers.js';

declare global {
  namespace Chai {
    // Vitest 4 and 5 give `Matchers` different type parameters; both map the methods of Chai's assertion.
    interface Assertion extends matchers.AssayMatchers {}
  }
}

expect.extend({ ...matchers });

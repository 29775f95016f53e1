import 'model-assay/vitest';
import { expect } from 'vitest';

// A test file of a package without "type": "module" resolves the require side of the types.
export const passed: Promise<void> = expect('./model').toBeFullVersionOf('quill');

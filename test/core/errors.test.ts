import { describe, expect, it } from 'vitest';
import { AssayError, errorRecord, isAssayError, scrubPaths } from '../../src/core/errors.js';

describe('errors', () => {
  it('are recognised by brand and code, not by class', () => {
    const error = new AssayError('FORMAT_INVALID', 'bad');
    expect(isAssayError(error)).toBe(true);
    expect(isAssayError(error, 'FORMAT_LIMIT')).toBe(false);
    expect(isAssayError(new Error('bad'))).toBe(false);
  });

  it('keep the file name and lose the directories', () => {
    expect(scrubPaths('Load model from /home/alice/secret/m.onnx failed')).toBe(
      'Load model from m.onnx failed',
    );
    expect(errorRecord(new Error('ENOENT /srv/a/b.json')).message).not.toContain('/srv');
  });
});

import type { ByteSource } from '../../core/bytes.js';
import { invalid } from './failure.js';

/** What people pass by mistake instead of an ONNX file. All of these are malformed protobuf or have no graph. */
const MISTAKES: readonly (readonly [RegExp, string, string])[] = [
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer', 'Run git lfs pull to fetch the model it points to.'],
  [
    /^\s*<(!doctype|html|head|\?xml)/i,
    'a web page',
    'The download failed or needs a login; download it again.',
  ],
  [/^\s*[{[]/, 'JSON', 'Pass the .onnx file, not its configuration or an error response.'],
  [/^GGUF/, 'a GGUF file', 'Open it as a GGUF candidate.'],
  [/^PK\b/, 'a zip archive', 'A PyTorch checkpoint must be exported to ONNX; an archive must be unpacked.'],
];

/** Reject other formats by content, with a hint that says what to do about them. */
export async function rejectOtherFormats(source: ByteSource): Promise<void> {
  if (source.size === 0) {
    throw invalid(
      { file: source.name, at: 0, fault: 'ONNX_EMPTY' },
      'the file is empty; expected an ONNX model',
      'Download or export it again.',
    );
  }
  const bytes = await source.read(0, Math.min(64, source.size));
  const start = String.fromCharCode(...bytes);
  for (const [pattern, found, hint] of MISTAKES) {
    if (!pattern.test(start)) continue;
    const place = { file: source.name, at: 0, fault: 'ONNX_OTHER_FORMAT' } as const;
    throw invalid(place, `found ${found}; expected an ONNX model`, hint);
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, platform, release } from 'node:os';

const require = createRequire(import.meta.url);

export function machine() {
  const { version } = JSON.parse(readFileSync(require.resolve('onnxruntime-node/package.json'), 'utf8'));
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  return `${cpu}, ${availableParallelism()} cores, ${platform()} ${release()}, node ${process.versions.node}, ONNX Runtime ${version}`;
}

export const load = () => loadavg()[0].toFixed(2);

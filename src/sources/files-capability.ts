import { canonicalJson } from '../core/canonical-json.js';
import type { FileDigest, FilesCapability } from '../core/types.js';
import { type Delivery, hashFile, sha256, sizeOf } from '../io/files.js';

/**
 * Digest every file of a delivery and the audited weights, wherever the model file says those are.
 * `weightPaths` names the files that hold them, relative to the delivery.
 */
export function filesCapability(
  delivery: Delivery,
  weightPaths: () => Promise<readonly string[]>,
): FilesCapability {
  return {
    digest: async ({ signal, onBytes }) => {
      const weights = await weightPaths();
      const unlisted = weights.filter((path) => !delivery.files.includes(path));
      const lost = await unreachable(delivery, unlisted);
      const paths = [...delivery.files, ...unlisted.filter((path) => !lost.includes(path))].sort();
      let total = 0;
      for (const path of paths) total += await sizeOf(delivery, path);
      let done = 0;
      const files: FileDigest[] = [];
      for (const path of paths) {
        const digest = await hashFile(delivery, path, {
          signal,
          onBytes: (count) => {
            done += count;
            onBytes?.(done, total);
          },
        });
        files.push({ path, ...digest });
      }
      const held = files.filter(({ path }) => weights.includes(path));
      // Weights that could not be read must not leave a digest that a complete delivery may have.
      const lines = [...held.map((file) => file.sha256), ...lost.map((path) => `missing ${path}`)];
      return {
        files,
        digest: sha256(canonicalJson(files)),
        weights: held.map(({ path }) => path),
        weightsDigest: sha256(lines.sort().join('\n')),
      };
    },
  };
}

/** Weight files that are absent or outside the folder; the runtime refuses to load a model that needs them. */
async function unreachable(delivery: Delivery, paths: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const path of paths) {
    await delivery.locate(path).catch(() => lost.push(path));
  }
  return lost;
}

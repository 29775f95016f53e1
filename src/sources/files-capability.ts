import { canonicalJson } from '../core/canonical-json.js';
import type { FileDigest, FilesCapability } from '../core/types.js';
import { type Delivery, hashFile, sha256, sizeOf } from '../io/files.js';

/** Digest every file of a delivery. `weightPaths` names those that hold the audited weights. */
export function filesCapability(
  delivery: Delivery,
  weightPaths: () => Promise<readonly string[]>,
): FilesCapability {
  return {
    digest: async ({ signal, onBytes }) => {
      let total = 0;
      for (const path of delivery.files) total += await sizeOf(delivery, path);
      let done = 0;
      const files: FileDigest[] = [];
      for (const path of delivery.files) {
        const digest = await hashFile(delivery, path, {
          signal,
          onBytes: (count) => {
            done += count;
            onBytes?.(done, total);
          },
        });
        files.push({ path, ...digest });
      }
      // A model that cannot be parsed still has files worth recording.
      const weights: readonly string[] = await weightPaths().catch(() => []);
      const held = files.filter(({ path }) => weights.includes(path));
      return {
        files,
        digest: sha256(canonicalJson(files)),
        weights: held.map(({ path }) => path),
        weightsDigest: sha256(
          held
            .map((file) => file.sha256)
            .sort()
            .join('\n'),
        ),
      };
    },
  };
}

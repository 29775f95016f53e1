import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/models', import.meta.url));
const KINDS = ['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other'];

export { KINDS };

/**
 * A family as { name, members }, members as { name, path, kind, of, how, form }. One that is given whole is left as it
 * is; one that is named is read from `zoo`/NAME/index.json, or from the committed fixtures where the zoo lacks it.
 */
export function familyOf(family, zoo) {
  if (typeof family !== 'string') return family;
  const index = zoo && join(zoo, family, 'index.json');
  if (index && existsSync(index)) {
    const rows = JSON.parse(readFileSync(index, 'utf8'));
    return { name: family, members: rows.map((row) => ({ ...row, path: join(zoo, family, row.folder) })) };
  }
  const root = join(FIXTURES, family);
  const names = readdirSync(root).filter((name) => existsSync(join(root, name, 'config.json')));
  return {
    name: family,
    members: names.map((name) => ({ name, path: join(root, name), ...fixtureTruth(name) })),
  };
}

function fixtureTruth(name) {
  const [, full] = /^(full-\d)/.exec(name) ?? [];
  if (full === name) return { kind: 'full', of: full, how: 'scratch', form: 'float32' };
  if (full && name.endsWith('-int8'))
    return { kind: 'quantized', of: full, how: 'int8-dynamic', form: 'int8' };
  if (full)
    return { kind: 'full', of: full, how: 'export', form: name.endsWith('-f16') ? 'float16' : 'float32' };
  const [, seed] = /^student-(\d)/.exec(name) ?? [];
  if (seed) return { kind: 'distilled', of: `full-${seed}`, how: 'logits', form: 'float16' };
  return { kind: 'other', of: null, how: name === 'alien' ? 'alien' : 'scratch', form: 'float16' };
}

/** What a model is when it is sold as `claim`. */
export const truthOf = ({ kind, of }, claim) => (of === claim ? kind : 'other');

/** What config.json says of a model's size, as one text. */
export function sizeOf({ path }) {
  const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
  const layers = config.num_hidden_layers ?? config.n_layer;
  const heads = config.num_attention_heads ?? config.n_head;
  return [
    layers,
    heads,
    config.hidden_size ?? config.n_embd,
    config.intermediate_size ?? config.n_inner ?? '',
  ].join('x');
}

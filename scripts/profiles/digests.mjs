// Published digests of an entry, from the digest collection and from the fact collection.

/** How the collection's remarks on confidence are read: their first word. */
const level = (text) => /^(high|medium|low)/.exec(text ?? '')?.[1] ?? 'low';

/** Weights of releases that a set of the collection holds whole, by entry; `source` as the facts cite it. */
const RELEASES = {
  'deepseek-r1': { model: 'deepseek-ai/DeepSeek-R1', source: 'r1mirror' },
  'deepseek-r1-distill-qwen-32b': {
    model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
    source: 'q32mirror',
  },
};

/** Sources of digests that the facts do not cite. */
export const DIGEST_SOURCES = {
  ollama: {
    what: 'layer digests of the Ollama library, quoted in public files',
    where: 'registry.ollama.ai/library/deepseek-r1',
  },
  localai: {
    what: 'digests of files that a model gallery downloads',
    where: 'github.com/mudler/LocalAI gallery/index.yaml',
    commit: '82c191afadf5f005281e798ccfa0ffd0d5805030',
  },
  secondary: { what: 'a secondary copy of DeepSeek-R1-Distill-Llama-70B at hub revision b1c0b44b' },
};

const file = (name, bytes, sha256, source, confidence) => ({
  name,
  ...(bytes ? { bytes } : {}),
  sha256,
  source,
  confidence,
});

/** Weights and small files of the release itself. */
export function releaseFiles(entry, { sets }) {
  const release = RELEASES[entry.id];
  const set = release && sets.find(({ model }) => model === release.model);
  const weights = (set?.files ?? []).map(({ name, size, sha256 }) =>
    file(name, size, sha256, release.source, level(set.confidence)),
  );
  const { sha256 = {}, config_json_sha256: config, index_json_sha256: index } = entry.files ?? {};
  const small = Object.entries(sha256).map(([name, digest]) =>
    file(name.replace(/ \(.*\)$/, ''), undefined, digest, release.source, 'medium'),
  );
  const second = [
    ['config.json', config],
    ['model.safetensors.index.json', index],
  ].flatMap(([name, digest]) => (digest ? [file(name, undefined, digest, 'secondary', 'low')] : []));
  return [...weights, ...small, ...second];
}

/** Files of quantized copies, found by their names in the collection; each is a release of its own. */
export function copyFiles(names, { sets }) {
  const ollama = sets.find(({ kind }) => kind === 'ollama-manifest');
  const gallery = sets.filter(({ kind }) => kind === 'gallery');
  const found = names.flatMap((name) => [
    ...ollama.files
      .filter((entry) => entry.name === name)
      .map(({ size, sha256, confidence }) =>
        file(`sha256-${sha256}`, size, sha256, 'ollama', level(confidence)),
      ),
    ...gallery.flatMap(({ files, confidence }) =>
      files
        .filter((entry) => entry.name === name)
        .map(({ sha256, size }) => file(name, size, sha256, 'localai', level(confidence))),
    ),
  ]);
  if (found.length < names.length) throw new Error(`the digest collection lacks one of ${names.join(', ')}`);
  return [...new Map(found.map((entry) => [entry.sha256, entry])).values()];
}

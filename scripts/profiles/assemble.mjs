// The shipped profiles of public models as objects, from the two collections.
import { ADDRESSES, CONFIRMATIONS, PROFILES } from './catalogue.mjs';
import { copyFiles, DIGEST_SOURCES, releaseFiles } from './digests.mjs';
import { aliasesOf, factsOf, notesOf, tokenStackOf } from './variant.mjs';

/** Profiles by id. `facts` and `hashes` are the parsed collections. */
export function assembleProfiles(facts, hashes) {
  const entries = new Map(facts.profiles.map((entry) => [entry.id, entry]));
  const known = { ...sourcesOf(facts), ...DIGEST_SOURCES };
  return Object.fromEntries(
    Object.entries(PROFILES).map(([id, wanted]) => {
      const variants = Object.fromEntries(
        wanted.map((variant) => [variant.id, variantOf(entries.get(variant.entry), variant, hashes)]),
      );
      const used = new Set(Object.values(variants).flatMap(citations));
      const sources = Object.fromEntries(Object.entries(known).filter(([key]) => used.has(key)));
      return [id, { schema: 'profile/1', id, sources, variants }];
    }),
  );
}

function variantOf(entry, { kind, copy }, hashes) {
  const files = copy ? copyFiles(copy.files, hashes) : releaseFiles(entry, hashes);
  const found = factsOf(
    entry,
    copy && { bits: copy.bits, sources: [...new Set(files.map(({ source }) => source))] },
  );
  const cited = [...found].filter(([, { sources }]) => sources.length > 0);
  const unconfirmed = [...found].filter(([, { sources }]) => sources.length === 0);
  const optional = {
    unconfirmed: unconfirmed.map(([name]) => name),
    aliases: copy ? [] : aliasesOf(entry),
    notes: notesOf(entry, copy),
    files,
  };
  const tokenStack = tokenStackOf(entry);
  return {
    kind,
    ...(tokenStack === undefined ? {} : { tokenStack }),
    facts: Object.fromEntries([...found].map(([name, { value }]) => [name, value])),
    cited: Object.fromEntries(cited.map(([name, { sources }]) => [name, [...sources]])),
    ...Object.fromEntries(Object.entries(optional).filter(([, list]) => list.length > 0)),
    digests: [],
    runs: [],
  };
}

function sourcesOf({ sources }) {
  const read = ({ repo, path, commit, what }) => ({
    what: what ?? (path ? `${path}` : 'public repository'),
    ...(repo ? { where: `github.com/${repo}${path && what ? ` ${path}` : ''}` } : {}),
    ...(commit ? { commit } : {}),
  });
  return {
    ...Object.fromEntries(
      Object.entries(sources).map(([key, source]) => [
        key,
        { ...read(source), ...(ADDRESSES[key] ? { where: ADDRESSES[key] } : {}) },
      ]),
    ),
    ...Object.fromEntries(Object.values(CONFIRMATIONS).map(({ key, source }) => [key, source])),
    computed: { what: 'closed form from the shapes of the same variant' },
  };
}

function citations({ cited, files = [] }) {
  return [...Object.values(cited).flat(), ...files.map(({ source }) => source)];
}

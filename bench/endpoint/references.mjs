// Audits with a trusted copy beside, over every dialect of `assay serve`: verdict and probability of the claim for the
// genuine model as it is, behind a hidden system prompt, resampled, and for a student in its place.
//
//   node bench/endpoint/references.mjs [DIALECT …]      (after npm run build)
import { audit, serve } from '../../dist/esm/index.js';
import { dialects } from '../../dist/esm/serve/dialects/table.js';

const model = (name) => new URL(`../../fixtures/models/quill/${name}`, import.meta.url).pathname;
const CASES = [
  ['genuine', 'full-1', []],
  ['hidden prompt', 'full-1', ['hidden-prompt']],
  ['resampled', 'full-1', ['retune=0.6,0.95']],
  ['student', 'student-1a', []],
];
const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : dialects.map(({ name }) => name);
const references = [{ variant: 'full', kind: 'full', candidate: model('full-1-f16') }];

let accused = 0;
console.log(
  `| dialect | ${CASES.map(([title]) => title).join(' | ')} |\n|---|${CASES.map(() => '---|').join('')}`,
);
for (const dialect of names) {
  const cells = [];
  for (const [, name, cheats] of CASES) {
    const server = await serve(model(name), { dialect, cheats });
    const candidate = { kind: 'endpoint', baseUrl: String(server.url), model: server.model };
    const only = ['token-distributions', 'greedy-replies'];
    const options = { references, only, allowPrivateAddresses: true, seed: 5 };
    const { verdict } = await audit(candidate, options).finally(() => server.close());
    if (name === 'full-1' && verdict.outcome === 'refuted') accused += 1;
    cells.push(`${verdict.outcome} ${(verdict.posterior.full ?? 0).toPrecision(2)}`);
  }
  console.log(`| ${dialect} | ${cells.join(' | ')} |`);
}
console.log(`\n${accused} of ${3 * names.length} genuine servers accused`);

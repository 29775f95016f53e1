// Audits the bundled distilled student that is sold as the full model, as the README shows.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    path('dist/esm/cli/main.js'),
    'audit',
    path('fixtures/models/quill/student-1c'),
    '--profile',
    'quill',
    '--claim',
    'full',
    '--output',
    'terminal',
    '--output',
    `html=${path('demo-report.html')}`,
    '--evidence',
    path('demo-evidence.json'),
  ],
  { stdio: 'inherit' },
);
console.log('\nHTML report: demo-report.html   evidence: demo-evidence.json');
// The student must be refuted, which is exit code 1; anything else is a broken demonstration.
process.exitCode = status === 1 ? 0 : 1;
